import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SERVICES } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService, testKey, tokenFor } from '@souk/testing';
import { loadServices } from '../../scripts/docs/services.ts';
import { settings } from './settings.ts';
import { claimMutants } from './tokens/claims.ts';
import type { Door } from './tokens/doors.ts';
import { doorOf } from './tokens/doors.ts';
import type { Mutant } from './tokens/forge.ts';
import { attacker, byAuth, claimsOf, headerOf } from './tokens/forge.ts';
import { headerMutants } from './tokens/headers.ts';
import { mirrored, spellingMutants } from './tokens/spellings.ts';

const AT_ONCE = 16;
const LEAST_MUTANTS = 200;
const REFUSED = 401;
/** What a token that is good is not answered. */
const KEPT_OUT = [REFUSED, 403];

let services: ServiceDefinition[];
let keyServer: Server;
let attackerUrl: string;
let asked: string[];
let total = 0;

beforeAll(async () => {
  services = await loadServices();
  asked = [];
  keyServer = createServer(({ url }, response) => {
    asked.push(url ?? '');
    response.end(JSON.stringify({ keys: [{ ...attacker.publicKey.export({ format: 'jwk' }), kid: testKey.kid, alg: 'ES256' }] }));
  });
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  attackerUrl = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
});
afterAll(() => {
  keyServer.close();
  process.stdout.write(`${total} bad tokens shown to ${SERVICES.length} services\n`);
});

describe.each(SERVICES)('%s', (name) => {
  let app: TestService;
  let door: Door;
  let good: string;

  beforeAll(async () => {
    const service = services.find((one) => one.name === name);
    if (!service) throw new Error(`there is no service ${name}`);
    app = await startTestService({ ...service, jobs: [] }, settings[name]);
    door = await doorOf(service, app);
    good = tokenFor(door.person);
  }, 60_000);
  afterAll(async () => {
    door?.close();
    await app?.stop();
  });

  test('lets nobody in by a token that is not auth’s, asks nobody for keys, and never fails itself', async () => {
    const now = Math.floor(Date.now() / 1000);
    const ground = { good, header: headerOf(testKey.kid), claims: claimsOf(door.person, now), now, attackerUrl };
    const mutants = [headerMutants, claimMutants, spellingMutants].flatMap((make) => make(ground));
    expect(KEPT_OUT).not.toContain(
      await door.ask({ name: 'made here as auth makes it', token: byAuth(ground.header, ground.claims) }),
    );
    const { faults, count } = await faultsOf(door, mutants);
    total += count;
    expect(faults).toEqual([]);
    expect(asked.splice(0)).toEqual([]);
    expect(count).toBeGreaterThan(LEAST_MUTANTS);
    // What it was shown has not spoilt its memory of what is good.
    expect(KEPT_OUT).not.toContain(await door.ask({ name: 'good', token: good }));
  }, 60_000);

  // RFC 7518 does not ask for the lower of the two signatures of the same. Whoever turns one into the other has the token already, and
  // nothing knows a token by its bytes: the twin is the same person's, and ends with the same session.
  test('takes the twin of a signature for the same token, whose end is its end', async () => {
    const twin = { name: 'twin', token: mirrored(good) };
    expect(KEPT_OUT).not.toContain(await door.ask(twin));
    const { tokens } = app.running.runtime;
    expect(await tokens.verify(twin.token)).toEqual(await tokens.verify(good));
    tokens.revoke({ sid: door.person.sid, before: Date.now() / 1000 });
    expect(await door.ask(twin)).toBe(401);
    expect(await door.ask({ name: 'good', token: good })).toBe(401);
  });
});

async function faultsOf(door: Door, mutants: readonly Mutant[]): Promise<{ faults: string[]; count: number }> {
  const faults: string[] = [];
  let count = 0;
  for (let from = 0; from < mutants.length; from += AT_ONCE) {
    const group = mutants.slice(from, from + AT_ONCE);
    const statuses = await Promise.all(group.map((mutant) => door.ask(mutant)));
    for (const [index, status] of statuses.entries()) {
      if (status === undefined) continue;
      count += 1;
      if (status !== REFUSED) faults.push(`${group[index]?.name}: ${status}`);
    }
  }
  return { faults, count };
}
