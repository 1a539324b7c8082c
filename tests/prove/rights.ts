// Signing keys rotated three times under load without a refusal, and clerks who are taken from their shop and refused by every service.
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from '../../scripts/demo/people.ts';
import { startPlatform, until } from '../e2e/platform.ts';
import { expectKnown, hireClerk, openRights, readToken, untilRefused } from '../e2e/rights.ts';

const ROTATIONS = 3;
const READERS = 12;
const CLERKS = 20;
const PROMISED_MS = 2_000;
const MOST_MS = 10_000;
/** A key is published a minute before it signs. */
const NOTICE_MS = 90_000;
const PAUSE_MS = 20;
/** So often a reader logs in anew, and is given a token of the key that signs then. */
const TOKEN_MS = 3_000;

// Readers log in again and again as one clerk.
const platform = await startPlatform({ gateway: { LIMIT_SIGN_IN_PER_ACCOUNT: '100000' } });
const { api } = platform;
const told: string[] = [];
const say = (line: string) => {
  console.log(line);
  told.push(`- ${line}`);
};
let isSound = true;
try {
  const rights = await openRights(platform);
  let isOver = false;
  const answers = new Map<number, number>();
  const kids = new Set<string>();
  const clerk = await hireClerk(rights);
  const read = async (): Promise<void> => {
    for (let token = '', sinceMs = 0; !isOver; await sleep(PAUSE_MS)) {
      if (Date.now() - sinceMs > TOKEN_MS) [token, sinceMs] = [(await signIn(api, clerk)).token, Date.now()];
      kids.add(readToken(token).header.kid);
      const { status } = await api.request('GET', '/orders', { token });
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  const readers = Array.from({ length: READERS }, read);
  for (let turn = 0; turn < ROTATIONS; turn += 1) {
    const { token } = await signIn(api, platform.superAdmin);
    await api.insist('POST', '/auth/keys/rotate', { token });
    const known = kids.size;
    await until(
      async () => kids.size,
      (count) => count > known,
      NOTICE_MS,
    );
  }
  isOver = true;
  await Promise.all(readers);
  const asked = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const refused = asked - (answers.get(200) ?? 0);
  say(`keys rotated ${ROTATIONS} times under ${asked} requests with tokens of ${kids.size} keys: ${refused} refused`);
  isSound = refused === 0 && kids.size === ROTATIONS + 1;

  rights.tenant.admin = await signIn(api, rights.tenant.admin);
  const slowest: number[] = [];
  for (let count = 0; count < CLERKS; count += 1) {
    const { userId, token } = await hireClerk(rights);
    await expectKnown(rights, token);
    await api.ask('DELETE', `/shops/${rights.tenant.shopIds[0]}/staff/${userId}`, { token: rights.tenant.admin.token });
    slowest.push(Math.max(...(await untilRefused(rights, token, MOST_MS))));
  }
  const sorted = slowest.toSorted((a, b) => a - b);
  say(
    `${CLERKS} clerks taken from their shop: the slowest of ${rights.guarded.length} services refused after ${sorted[0]} to ${sorted.at(-1)} ms, median ${sorted[CLERKS / 2]} ms`,
  );
  isSound = isSound && (sorted.at(-1) ?? MOST_MS) <= PROMISED_MS;
} finally {
  await platform.stop();
}
console.log('--- report');
console.log(told.join('\n'));
process.exit(isSound ? 0 : 1);
