import { orderProcessing } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import { conflict, defineConfig, defineError, defineService, on, redriveAt } from '../src/index.ts';

const refused = defineError('shop.refused', 409, 'Not like this');
let behaviour: () => Promise<void>;
let worked = 0;

const service = defineService({
  name: 'shop',
  purpose: 'Refuses events, to try redriving.',
  port: 8003,
  config: defineConfig({}),
  endpoints: [],
  subscriptions: [
    on(orderProcessing, async () => {
      await behaviour();
      worked += 1;
    }),
  ],
});

describe('redriving at a consumer', () => {
  let shop: TestService;
  const { path } = redriveAt('shop');
  const redrive = (event: unknown, app = 'audit') => shop.request('POST', path, { app, body: { event } });
  const refuse = () => Promise.reject(refused());
  const accept = () => Promise.resolve();

  beforeAll(async () => {
    shop = await startTestService(service);
  });
  afterAll(() => shop.stop());

  it('works a dead letter off once it can be, and once only', async () => {
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    behaviour = refuse;
    await shop.deliverEnvelope(event);
    expect((await redrive(event)).body).toEqual({ outcome: 'set_aside' });
    expect(shop.deadLetters).toHaveLength(2);
    behaviour = accept;
    expect((await redrive(event)).body).toEqual({ outcome: 'applied' });
    expect((await redrive(event)).body).toEqual({ outcome: 'known' });
    expect(worked).toBe(1);
  });

  it('leaves an event alone that was worked off', async () => {
    behaviour = accept;
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await shop.deliverEnvelope(event);
    const before = worked;
    expect((await redrive(event)).body).toEqual({ outcome: 'known' });
    expect(worked).toBe(before);
  });

  it('stays a dead letter when it fails for another reason', async () => {
    behaviour = refuse;
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await shop.deliverEnvelope(event);
    behaviour = () => Promise.reject(conflict());
    expect((await redrive(event)).status).toBe(500);
    behaviour = accept;
    expect((await redrive(event)).body).toEqual({ outcome: 'applied' });
  });

  it('ignores what the service does not listen to', async () => {
    expect((await redrive({ ...envelopeFor(orderProcessing, orderProcessing.example), type: 'order.other' })).body).toEqual({
      outcome: 'ignored',
    });
  });

  it('is for audit only', async () => {
    expect((await redrive(envelopeFor(orderProcessing, orderProcessing.example), 'sales')).status).toBe(403);
    expect((await redrive({ id: 'x' })).status).toBe(422);
  });
});
