export const CHANNELS = ['email', 'in_app'] as const;
export type Channel = (typeof CHANNELS)[number];

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const STATUSES = ['pending', 'sent', 'failed', 'delivered', 'read'] as const;
export type Status = (typeof STATUSES)[number];

const CHANNELS_OF: Record<Priority, readonly Channel[]> = {
  critical: ['email'],
  high: ['email', 'in_app'],
  normal: ['in_app'],
  low: ['in_app'],
};

/** Which ways a notification of this priority goes. */
export const channelsOf = (priority: Priority): readonly Channel[] => CHANNELS_OF[priority];

/** What came of handing a mail over: taken, or not, with a reason; a final one is not tried again. */
export type Outcome = { accepted: true } | { accepted: false; reason: string; isFinal: boolean };

/** What a mail transport says of a mail that was not taken; `responseCode` is SMTP's. */
export interface MailError {
  code?: string | undefined;
  responseCode?: number | undefined;
}

/** An address or message that is wrong in itself, or refused with a 5xx, stays refused; everything else may pass. */
export function refusalOf({ code, responseCode }: MailError): Outcome {
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return { accepted: false, reason: 'mail_server_unavailable', isFinal: false };
  const isFinal = responseCode === undefined || responseCode >= 500;
  return { accepted: false, reason: code === 'EENVELOPE' ? 'mailbox_refused' : 'message_refused', isFinal };
}

/** Attempts in all: spread over an hour and a half, they outlast the restart of a mail server. */
export const MOST_ATTEMPTS = 8;
const FIRST_RETRY_MS = 5_000;

/** How long to wait after this many attempts: 5 s, 15 s, 45 s, and so on. */
export const retryDelayMs = (attempts: number): number => FIRST_RETRY_MS * 3 ** (attempts - 1);

export type Step = { status: 'sent' } | { status: 'failed'; reason: string } | { status: 'pending'; reason: string; dueAt: Date };

/** What becomes of a notification after attempt number `attempts`. */
export function afterAttempt(outcome: Outcome, attempts: number, now: Date): Step {
  if (outcome.accepted) return { status: 'sent' };
  const { reason, isFinal } = outcome;
  if (isFinal || attempts >= MOST_ATTEMPTS) return { status: 'failed', reason };
  return { status: 'pending', reason, dueAt: new Date(now.getTime() + retryDelayMs(attempts)) };
}

/** An error's code as the reason in a fact: `auth.user_unknown` becomes `auth_user_unknown`. */
export function reasonOf(code: string): string {
  const word = code
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 64);
  return /^[a-z]/.test(word) ? word : 'unknown';
}

const DAY_MS = 24 * 3600 * 1000;

/** Whether something happened lately enough to tell a person of it: shipments of imported orders are history. */
export const isRecent = (at: string, now: Date): boolean => now.getTime() - Date.parse(at) <= DAY_MS;
