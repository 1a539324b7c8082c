import { createHmac } from 'node:crypto';
import { paymentAuthorised, paymentDisputed, paymentFailed } from '@souk/contracts';
import { signatureHeader } from '@souk/payment-sandbox';
import { newId } from '@souk/service-kit';
import { eventually } from '@souk/testing';
import { webhooks } from '../src/webhook/webhook.store.ts';
import type { TestOrder, Till } from './sandbox.ts';
import {
  authorised,
  confirm,
  disputedCard,
  factsOf,
  goodCard,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  requestCapture,
  useTill,
  webhooksDelivered,
} from './sandbox.ts';

let till: Till;
useTill((opened) => {
  till = opened;
});

const statusOf = async (order: TestOrder) => (await paymentOf(till, order)).status;

describe('webhooks', () => {
  it('authorises a payment that the buyer confirmed at the gateway, for webhooks twice and shuffled', async () => {
    await till.sandbox('PUT', '/switches', { duplicateWebhooks: true, shuffleWebhooks: true });
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: { number: '4000000000000002' } });
    await eventually(async () => expect(await statusOf(order)).toBe('failed'));
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
    await eventually(async () => expect(await statusOf(order)).toBe('authorised'));
    await webhooksDelivered(till);
    await eventually(async () => expect(await till.shop.db(webhooks).count({ dueAt: { $exists: true } })).toBe(0));
    expect(await factsOf(till, paymentAuthorised, order)).toHaveLength(1);
    expect(await factsOf(till, paymentFailed, order)).toHaveLength(1);
  });

  it('tells of a dispute once', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    await confirm(till, paymentId, { as: order.buyer, card: disputedCard });
    await requestCapture(till, order);
    await webhooksDelivered(till);
    await eventually(async () => expect(await till.shop.db(webhooks).count({ dueAt: { $exists: true } })).toBe(0));
    expect(await factsOf(till, paymentDisputed, order)).toEqual([
      expect.objectContaining({ status: 'opened', disputedAmount: 5_000 }),
    ]);
  });

  it('finds an authorisation whose webhook was lost', async () => {
    await till.sandbox('PUT', '/switches', { dropWebhooks: 1 });
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
    till.advance(15_000);
    await eventually(async () => expect(await statusOf(order)).toBe('authorised'));
  });

  it('is worked off by the job when its receiver could not ask the gateway', async () => {
    const { shop } = till;
    const _id = `sandbox:${newId()}`;
    const { order, paymentId } = await authorised(till);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/capture`, { amount: 5_000 });
    await shop.db(webhooks).insertOne({
      _id,
      gateway: 'sandbox',
      type: 'intent.captured',
      paymentId,
      intentId: intent?.id ?? '',
      receivedAt: new Date(0),
      tries: 0,
      dueAt: new Date(0),
    });
    await eventually(async () => expect((await shop.db(webhooks).findOne({ _id }))?.doneAt).toBeDefined());
    expect(await statusOf(order)).toBe('captured');
  });

  it('refuses unsigned, old, changed and unreadable messages, and keeps none of them', async () => {
    const before = await till.shop.db(webhooks).count({});
    const send = (body: string, { seconds = Math.floor(till.now() / 1000), signed = body } = {}) => {
      const digest = createHmac('sha256', 'secret-of-the-tests').update(`${seconds}.${signed}`).digest('hex');
      return till.shop.request('POST', '/payments/webhooks/sandbox', {
        body: Buffer.from(body),
        headers: { [signatureHeader]: `t=${seconds},v1=${digest}` },
      });
    };
    const statuses = [
      await till.shop.request('POST', '/payments/webhooks/sandbox', { body: Buffer.from('{}') }),
      await till.shop.request('POST', '/payments/webhooks/sandbox'),
      await send('{}', { seconds: Math.floor(till.now() / 1000) - 600 }),
      await send('{}', { signed: '{"id":1}' }),
      await send('{}'),
      await send('not json'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401, 422, 422]);
    expect(await till.shop.db(webhooks).count({})).toBe(before);
  });
});
