import {
  afterAttempt,
  channelsOf,
  isRecent,
  MOST_ATTEMPTS,
  reasonOf,
  refusalOf,
  retryDelayMs,
} from '../src/notification/notification.rules.ts';

const now = new Date('2026-11-02T09:00:00.000Z');
const away = { accepted: false, reason: 'mail_server_unavailable', isFinal: false } as const;

describe('after an attempt', () => {
  it('is sent when it was taken, whichever attempt it was', () => {
    expect(afterAttempt({ accepted: true }, MOST_ATTEMPTS, now)).toEqual({ status: 'sent' });
  });

  it('waits three times as long after each attempt', () => {
    expect([1, 2, 3, 7].map(retryDelayMs)).toEqual([5_000, 15_000, 45_000, 3_645_000]);
    expect(afterAttempt(away, 2, now)).toEqual({
      status: 'pending',
      reason: 'mail_server_unavailable',
      dueAt: new Date('2026-11-02T09:00:15.000Z'),
    });
  });

  it('is given up after the last attempt, and at once when the refusal stands', () => {
    expect(afterAttempt(away, MOST_ATTEMPTS, now)).toEqual({ status: 'failed', reason: 'mail_server_unavailable' });
    expect(afterAttempt({ ...away, reason: 'mailbox_refused', isFinal: true }, 1, now)).toEqual({
      status: 'failed',
      reason: 'mailbox_refused',
    });
  });
});

it.each([
  ['critical', ['email']],
  ['high', ['email', 'in_app']],
  ['normal', ['in_app']],
  ['low', ['in_app']],
] as const)('sends what is %s over %j', (priority, channels) => {
  expect(channelsOf(priority)).toEqual(channels);
});

it.each([
  ['auth.account_deactivated', 'auth_account_deactivated'],
  ['ECONNREFUSED', 'econnrefused'],
  ['42', 'unknown'],
  ['x'.repeat(100), 'x'.repeat(64)],
])('writes the code %s as the reason %s', (code, reason) => {
  expect(reasonOf(code)).toBe(reason);
});

it('takes what happened a day ago for recent, and nothing older', () => {
  expect(isRecent('2026-11-01T09:00:00.000Z', now)).toBe(true);
  expect(isRecent('2026-11-01T08:59:59.000Z', now)).toBe(false);
});

it.each([
  ['a full mailbox', { code: 'EENVELOPE', responseCode: 452 }, 'mailbox_refused', false],
  ['an unknown mailbox', { code: 'EENVELOPE', responseCode: 550 }, 'mailbox_refused', true],
  ['an address that is none', { code: 'EENVELOPE' }, 'mailbox_refused', true],
  ['a message that is not wanted', { code: 'EMESSAGE', responseCode: 554 }, 'message_refused', true],
  ['a wrong password of ours', { code: 'EAUTH', responseCode: 535 }, 'mail_server_unavailable', false],
  ['a server that is away', { code: 'ESOCKET' }, 'mail_server_unavailable', false],
])('takes %s for what it is', (_name, error, reason, isFinal) => {
  expect(refusalOf(error)).toEqual({ accepted: false, reason, isFinal });
});
