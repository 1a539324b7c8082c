import { isDeepStrictEqual } from 'node:util';
import type { Change } from '@souk/contracts';

/**
 * What an update changed, for the audit trail: one entry for each top-level field that differs. Fields named in `personal` appear
 * without their values, because events outlive the right to keep them.
 */
export function changesBetween(before: object | null, after: object, personal: readonly string[] = []): Change[] {
  const old: Record<string, unknown> = { ...before };
  const current: Record<string, unknown> = { ...after };
  const fields = new Set([...Object.keys(old), ...Object.keys(current)]);
  const changes: Change[] = [];
  for (const field of fields) {
    if (field === 'updatedAt' || field === 'version' || isDeepStrictEqual(old[field], current[field])) continue;
    changes.push(personal.includes(field) ? { field } : { field, before: old[field], after: current[field] });
  }
  return changes;
}
