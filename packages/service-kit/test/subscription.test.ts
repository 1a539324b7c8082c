import { envelopeFor } from '@souk/testing';
import type { Context } from '../src/context.ts';
import { on, onEveryReplica } from '../src/subscription.ts';
import { thingMade } from './things.ts';

const ctx = {} as Context;

test('one replica works a fact off: its queue and age are as the service says', async () => {
  const heard: string[] = [];
  const plain = on(thingMade, async (event) => heard.push(event.data.name));
  expect(plain).toMatchObject({ replicas: 'one', queue: undefined, maxAgeMs: undefined, contract: thingMade });
  await plain.run(envelopeFor(thingMade, { name: 'x' }), ctx);
  expect(heard).toEqual(['x']);
  expect(on(thingMade, async () => 1, { queue: 'user.events', maxAgeMs: 5 })).toMatchObject({
    queue: 'user.events',
    maxAgeMs: 5,
  });
});

test('every replica is told without a queue of its own', async () => {
  const heard: string[] = [];
  const told = onEveryReplica(thingMade, async (event) => heard.push(event.data.name));
  expect(told).toMatchObject({ replicas: 'every', queue: undefined, maxAgeMs: undefined });
  await told.run(envelopeFor(thingMade, { name: 'y' }), ctx);
  expect(heard).toEqual(['y']);
});
