import { userLoggedOut } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { GRACE_MS } from '../src/session/session.rules.ts';
import type { Family, Race, Standing } from './refresh-family.ts';
import { familyOf, run, standingOf } from './refresh-family.ts';
import { logIn, newCustomer, refresh, startAuth, statusOf } from './running-auth.ts';

const CUSTOMERS = 20;
const SESSIONS_OF_EACH = 2;
const ROUNDS = 25;
/** Longer than a round takes: a token is not shown while its grace may end under it. */
const ROUND_MS = 8_000;

const NEWEST = 3;
/** How many are shown at once: what conflicts is tried anew, so many at once cost more than their share. */
const SIZES = [2, 3, 2, 2, 5, 2, 4];

/** What is shown at once, by how it stands; a family goes through these, and the next family begins with the next. */
const KINDS: readonly (readonly Standing[])[] = [
  ['unspent'],
  ['in grace', 'unspent'],
  ['in grace'],
  ['unspent'],
  ['after grace'],
  ['unspent', 'in grace'],
  ['unspent', 'after grace'],
  ['in grace', 'after grace', 'unspent'],
];

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const clockMs = () => auth.running.runtime.now().getTime();

/** `count` tokens of a family for a race of a kind, as many of each as can be; one that it has not is replaced by an unspent one. */
function raceOf(family: Family, kinds: readonly Standing[], count: number): Race {
  const known = [...family.spent.keys()];
  const standing = new Map(known.map((token) => [token, standingOf(family, token, { nowMs: clockMs(), withinMs: ROUND_MS })]));
  const newest = (kind: Standing) => known.filter((token) => standing.get(token) === kind).reverse();
  const pools = kinds.map(newest).filter((pool) => pool.length > 0);
  const from = pools.length > 0 ? pools : [newest('unspent')];
  // Every second race shows one token of a pool again and again, the others all there are in turn.
  const turn = (index: number) => (count % 2 === 0 ? 0 : Math.floor(index / from.length));
  const tokens = Array.from({ length: count }, (_, index) => {
    const pool = from[index % from.length] ?? [];
    return pool[turn(index) % pool.length] ?? '';
  });
  return { tokens, hasCopy: tokens.some((token) => standing.get(token) === 'after grace') };
}

/** The first token of a family and the newest: what of it could be taken still. */
const endsOf = ({ spent }: Family): string[] =>
  [...spent.keys()].filter((_, index) => index === 0 || index >= spent.size - NEWEST);

async function faultsOfDead(family: Family): Promise<string[]> {
  const { sid } = family;
  const answers = await Promise.all(endsOf(family).map((token) => refresh(auth, token)));
  return answers.flatMap(({ status }) => (status === 401 ? [] : [`the dead family ${sid} was given ${status}`]));
}

async function openFamilies(): Promise<{ families: Family[]; emails: Map<string, string> }> {
  const emails = new Map<string, string>();
  const opened = Array.from({ length: CUSTOMERS }, async () => {
    const { email, userId, tokens } = await newCustomer(auth);
    emails.set(userId, email);
    const others = Array.from({ length: SESSIONS_OF_EACH - 1 }, async () => familyOf(userId, (await logIn(auth, email)).body));
    return [familyOf(userId, tokens), ...(await Promise.all(others))];
  });
  return { families: (await Promise.all(opened)).flat(), emails };
}

test('in 1,000 races a session ends when a copy was shown, and only then', async () => {
  const { families, emails } = await openFamilies();
  const dead: Family[] = [];
  const faults: string[] = [];
  let races = 0;
  let shown = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const raced = families.map(async (family, place) => {
      const race = raceOf(family, KINDS[(round + place) % KINDS.length] ?? [], SIZES[(round * 3 + place) % SIZES.length] ?? 2);
      races += 1;
      shown += race.tokens.length;
      faults.push(...(await run(auth, family, race)));
      if (family.isAlive) return;
      faults.push(...(await faultsOfDead(family)));
      dead.push(family);
      const again = await logIn(auth, emails.get(family.userId) ?? '');
      families[place] = familyOf(family.userId, again.body);
    });
    await Promise.all(raced);
    if (round % 3 === 2) auth.advance(GRACE_MS + 1);
  }
  expect(faults).toEqual([]);
  expect(races).toBe(1_000);
  expect(dead.length).toBeGreaterThan(100);
  process.stdout.write(`${races} races, ${shown} refreshes in them, ${dead.length} sessions ended\n`);

  const ended = (await auth.published(userLoggedOut)).map(({ data }) => `${data.sessionId} ${data.reason}`);
  expect(ended.sort()).toEqual(dead.map(({ sid }) => `${sid} token_reused`).sort());
  const last = families.map(async (family) => {
    const unspent = endsOf(family).filter((token) => !family.spent.get(token));
    return [await statusOf(auth, family.accessToken), ...(await run(auth, family, { tokens: unspent, hasCopy: false }))];
  });
  expect(await Promise.all(last)).toEqual(families.map(() => [200]));
  const statuses = await Promise.all(dead.map(({ accessToken }) => statusOf(auth, accessToken)));
  expect(new Set(statuses)).toEqual(new Set([401]));
}, 240_000);
