export const SUSPENSION_REASONS = ['staff', 'unpaid'] as const;

/** Why a company may not write; several reasons stand side by side, and each is lifted by itself. */
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number];

export const withReason = (reasons: readonly SuspensionReason[], added: SuspensionReason): SuspensionReason[] =>
  SUSPENSION_REASONS.filter((reason) => reason === added || reasons.includes(reason));

export const withoutReason = (reasons: readonly SuspensionReason[], lifted: SuspensionReason): SuspensionReason[] =>
  reasons.filter((reason) => reason !== lifted);

/** What others have to be told after the reasons changed: the reason that counts now, that there is none, or nothing. */
export function suspensionNews(
  before: readonly SuspensionReason[],
  after: readonly SuspensionReason[],
): SuspensionReason | 'none' | undefined {
  const is = after[0] ?? 'none';
  return is === (before[0] ?? 'none') ? undefined : is;
}
