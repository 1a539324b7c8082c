import { auditChecks } from './audit.ts';
import { deliveryChecks } from './delivery.ts';
import { moneyChecks } from './money.ts';
import { orderChecks } from './orders.ts';
import type { Fault, Snapshot } from './snapshot.ts';
import { stockChecks } from './stock.ts';
import { tenantChecks } from './tenants.ts';

export { type Reading, readSnapshot } from './read-snapshot.ts';
export type { Acknowledged, Fault, Snapshot } from './snapshot.ts';

const CHECKS = [...orderChecks, ...stockChecks, ...moneyChecks, ...deliveryChecks, ...auditChecks, ...tenantChecks];

/** Everything in a snapshot that must not be. Empty when the oracle is silent. */
export const findFaults = (snapshot: Snapshot): Fault[] => CHECKS.flatMap((check) => check(snapshot));

/** Faults by rule and count, with the first few of each: short enough for a test's message. */
export function tellFaults(faults: readonly Fault[]): string[] {
  const rules = new Map<string, Fault[]>();
  for (const each of faults) rules.set(each.rule, [...(rules.get(each.rule) ?? []), each]);
  return [...rules].flatMap(([rule, some]) => [
    `${rule}: ${some.length}`,
    ...some.slice(0, 4).map(({ about, says }) => `  ${about}: ${says}`),
  ]);
}
