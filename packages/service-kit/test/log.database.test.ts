import { envelope } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { counters, envelopeOf, logEntry, takeNumbers } from '../src/events/log.ts';
import { system } from '../src/index.ts';
import { origin, thingMade, thingService } from './things.ts';

const at = new Date('2026-11-02T09:00:00.000Z');
const publication = { subject: 's1', version: 3, data: { name: 'x' } };

test('an entry is numbered by its version and its place, and waits to be sent', () => {
  const entry = logEntry(thingMade, publication, { ...origin, at, index: 2 });
  expect(entry).toMatchObject({ type: 'order.processing', version: 1, subject: 's1', sequence: 3002, unsent: true, time: at });
  expect(entry).not.toHaveProperty('position');
  for (const absent of ['companyId', 'actorId', 'actorRole', 'sessionId', 'changes']) expect(entry).not.toHaveProperty(absent);
});

test('an envelope is as the contract of envelopes says, with who did it and what changed', () => {
  const changes = [{ field: 'email' }];
  const from = { ...origin, actorId: 'u1', actorRole: 'customer', sessionId: 'x1', at, index: 0 };
  const entry = logEntry(thingMade, { ...publication, companyId: 'c1', changes }, from);
  const made = envelopeOf('sales', { ...entry, position: 9 });
  expect(envelope.parse(made)).toEqual(made);
  expect(made).toMatchObject({
    id: entry._id,
    source: '/services/sales',
    dataschema: 'https://souk.dev/events/order.processing/1',
    time: at.toISOString(),
    companyid: 'c1',
    actorid: 'u1',
    actorrole: 'customer',
    sessionid: 'x1',
    requestid: 'r1',
    position: 9,
    changes,
  });
  expect(made).not.toHaveProperty('replay');
  expect(envelopeOf('sales', entry, true)).toMatchObject({ replay: true, position: 0 });
});

describe('numbers', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  it('only grow and are never given twice, whoever takes them at the same time', async () => {
    const collection = service.running.runtime.database.in(counters, system('a test'));
    expect(await takeNumbers(collection, 'n', 3)).toBe(1);
    expect(await takeNumbers(collection, 'n', 1)).toBe(4);
    const firsts = await Promise.all(Array.from({ length: 10 }, () => takeNumbers(collection, 'n', 2)));
    expect(firsts.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => 5 + 2 * index));
  });
});
