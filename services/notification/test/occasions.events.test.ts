import type { EventContract } from '@souk/contracts';
import {
  debtCreated,
  debtOverdue,
  debtPaymentDue,
  notificationSent,
  orderCancelled,
  orderConfirmed,
  orderDelivered,
  orderShipped,
  paymentFailed,
  paymentRefunded,
  userErased,
  userLocked,
  userPasswordChanged,
  userPasswordResetRequested,
  userRegistered,
  userRegistrationRepeated,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { envelopeFor } from '@souk/testing';
import { notifications } from '../src/notification/notification.store.ts';
import { service } from '../src/service.ts';
import type { MailWorld } from './mail-world.ts';
import { addressOf, soon, startMailWorld } from './mail-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const now = () => new Date().toISOString();

let world: MailWorld;
beforeAll(async () => {
  world = await startMailWorld();
});
afterAll(() => world.stop());

const mailsTo = (userId: string) => world.mails.mailbox.list(addressOf(userId));
const kept = (userId: string) => world.app.db(notifications).find({ userId });

async function deliver<Data>(contract: EventContract<Data>, data: Data): Promise<void> {
  expect(await world.app.deliver(contract, data)).toBe('SUCCESS');
}

describe('accounts', () => {
  it.each([
    ['asks a new user to confirm the address', userRegistered, {}, 'verify-email#token=secret-verify'],
    ['mails a link to whoever forgot the password', userPasswordResetRequested, {}, 'reset-password#token=secret-reset'],
    ['tells the owner of an address that it is registered', userRegistrationRepeated, {}, 'reset-password#token=secret-known'],
    ['welcomes who need not confirm', userRegistered, { verificationRequired: false }, 'Your account is ready'],
    ['tells of a lock', userLocked, {}, '10 wrong passwords'],
    ['tells of a new password', userPasswordChanged, {}, 'has a new password'],
  ])('%s', async (_name, contract, changes, words) => {
    const userId = newId();
    const data = { ...(contract.example as object), ...changes, userId };
    expect(await world.app.deliver(contract as EventContract, data)).toBe('SUCCESS');
    const [mail] = await soon(() => {
      expect(mailsTo(userId)).toHaveLength(1);
      return mailsTo(userId);
    });
    expect(mail?.text).toContain(words);
    expect(JSON.stringify(await kept(userId))).not.toMatch(/secret|@example|Ada/);
  });

  it('says nothing where no account is meant', async () => {
    const before = world.mails.mailbox.list().length;
    const { userId: _nobody, ...unknown } = userLocked.example;
    await deliver(userLocked, unknown);
    await deliver(userPasswordResetRequested, { at: now() });
    expect(world.mails.mailbox.list()).toHaveLength(before);
  });

  it('forgets an erased user', async () => {
    const userId = newId();
    await deliver(userPasswordChanged, { ...userPasswordChanged.example, userId });
    await soon(() => expect(mailsTo(userId)).toHaveLength(1));
    await deliver(userErased, { userId, at: now() });
    expect(await kept(userId)).toEqual([]);
  });
});

describe('orders, payments and debts', () => {
  it.each([
    ['a confirmed order', orderConfirmed, {}, 'Order NM-1001 is confirmed', '2 x Red mug: $252.70'],
    [
      'a parcel',
      orderShipped,
      { at: now(), complete: false },
      'Order NM-1001 is on its way',
      'tracking number 1Z999AA10123456784',
    ],
    ['a delivery', orderDelivered, { at: now() }, 'Order NM-1001 was delivered', 'has arrived'],
    ['a cancelled order', orderCancelled, {}, 'Order NM-1001 was cancelled', 'not paid in time'],
    ['a failed payment', paymentFailed, {}, 'Your payment did not go through', 'it was declined'],
    ['a refund', paymentRefunded, {}, 'You get $126.35 back', '$126.35'],
    ['a debt', debtCreated, {}, '$257.70 to pay by December 2, 2026', 'You owe $257.70'],
    ['a debt that falls due', debtPaymentDue, {}, '$257.70 is due on December 2, 2026', 'reminder'],
    ['a debt that is overdue', debtOverdue, {}, '$257.70 is overdue', 'was due on December 2, 2026'],
    [
      'a debt by the day where the company is',
      debtPaymentDue,
      { dueDay: '2026-12-01' },
      '$257.70 is due on December 1, 2026',
      'reminder',
    ],
  ])('tells the customer of %s by mail and in the app', async (_name, contract, changes, subject, words) => {
    const userId = newId();
    const whose = contract.type.startsWith('debt') ? { debtorId: userId } : { customerId: userId };
    const data = { ...(contract.example as object), ...changes, ...whose };
    expect(await world.app.deliver(contract as EventContract, data)).toBe('SUCCESS');
    await soon(() => expect(mailsTo(userId)).toHaveLength(1));
    expect(mailsTo(userId)[0]).toMatchObject({ subject, text: expect.stringContaining(words) });
    await soon(async () => {
      const all = await kept(userId);
      expect(all.map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual(['email sent', 'in_app sent']);
    });
    await soon(async () => {
      const sent = (await world.app.published(notificationSent)).filter((event) => event.data.userId === userId);
      expect(sent.map((event) => event.data.channel).sort()).toEqual(['email', 'in_app']);
      expect(sent.every((event) => event.data.template === contract.type)).toBe(true);
    });
  });

  it('tells nobody of imported orders, shipments of long ago, guests, or what a company owes', async () => {
    const userId = newId();
    const { customerId: _guest, ...guests } = orderDelivered.example;
    await deliver(orderConfirmed, { ...orderConfirmed.example, customerId: userId, source: 'import' });
    await deliver(orderCancelled, { ...orderCancelled.example, customerId: userId, source: 'import' });
    await deliver(orderShipped, { ...orderShipped.example, customerId: userId, at: '2020-01-01T00:00:00.000Z' });
    await deliver(orderDelivered, { ...guests, at: now() });
    await deliver(debtCreated, { ...debtCreated.example, debtorType: 'company', debtorId: userId });
    expect(await kept(userId)).toEqual([]);
    expect(
      await world.app.db(notifications).count({ type: 'order.delivered', orderId: guests.orderId, userId: { $exists: false } }),
    ).toBe(0);
  });

  it('says nothing of a fact older than a day, nor of a replay', async () => {
    const userId = newId();
    const data = { ...orderConfirmed.example, customerId: userId };
    const old = envelopeFor(orderConfirmed, data, { time: new Date(Date.now() - 25 * 3600 * 1000).toISOString() });
    const replay = { ...envelopeFor(orderConfirmed, data), replay: true };
    expect(await world.app.deliverAll([old, replay])).toEqual(['SUCCESS', 'SUCCESS']);
    expect(await kept(userId)).toEqual([]);
  });

  it('says a thing once, however often its event comes, even when the inbox has forgotten it', async () => {
    const userId = newId();
    const event = envelopeFor(orderConfirmed, { ...orderConfirmed.example, customerId: userId });
    await Promise.all([world.app.deliverAll([event, event]), world.app.deliverEnvelope(event)]);
    await soon(() => expect(mailsTo(userId)).toHaveLength(1));
    const inbox = service.stores.find(({ name }) => name === 'seen');
    if (!inbox) throw new Error('the service has no inbox');
    expect(await world.app.db(inbox).deleteMany({ _id: event.id })).toBe(1);
    expect(await world.app.deliverEnvelope(event)).toBe('SUCCESS');
    expect(await kept(userId)).toHaveLength(2);
    expect(mailsTo(userId)).toHaveLength(1);
  });
});
