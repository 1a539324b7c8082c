import { getContact, notificationFailed, notificationSent, orderConfirmed, userRegistered } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { MOST_ATTEMPTS } from '../src/notification/notification.rules.ts';
import { notifications } from '../src/notification/notification.store.ts';
import type { MailWorld } from './mail-world.ts';
import { addressOf, soon, startMailWorld } from './mail-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;

let world: MailWorld;
beforeEach(async () => {
  world = await startMailWorld();
});
afterEach(() => world.stop());

const mailsTo = (userId: string) => world.mails.mailbox.list(addressOf(userId));
const mailOf = async (userId: string) => {
  const [mail] = await world.app.db(notifications).find({ userId, channel: 'email' });
  if (!mail) throw new Error('there is no mail');
  return mail;
};
const order = (userId: string) => world.app.deliver(orderConfirmed, { ...orderConfirmed.example, customerId: userId });

it('names the notification in the Message-ID, so that a mail sent twice is known', async () => {
  const userId = newId();
  await order(userId);
  await soon(() => expect(mailsTo(userId)).toHaveLength(1));
  const { _id } = await mailOf(userId);
  expect(mailsTo(userId)[0]?.headers['message-id']).toBe(`<${_id}@souk.dev>`);
});

it('sends later what the mail server would not take, and says so once', async () => {
  const userId = newId();
  await world.cutMail();
  await order(userId);
  await soon(async () => expect(await mailOf(userId)).toMatchObject({ status: 'pending', reason: 'mail_server_unavailable' }));
  await world.restartMail();
  world.app.advance(HOUR_MS);
  await soon(() => expect(mailsTo(userId)).toHaveLength(1));
  const sent = await soon(async () => {
    const mail = await mailOf(userId);
    expect(mail.status).toBe('sent');
    return mail;
  });
  expect(sent).not.toHaveProperty('reason');
  expect(sent).not.toHaveProperty('dueAt');
  await soon(async () => {
    const facts = (await world.app.published(notificationSent)).filter(({ subject }) => subject === sent._id);
    expect(facts).toHaveLength(1);
  });
});

it('gives up after the last attempt, with the reason', async () => {
  const userId = newId();
  await world.cutMail();
  await order(userId);
  await soon(async () => {
    world.app.advance(HOUR_MS * 2);
    await world.app.runJob('send-due');
    expect(await mailOf(userId)).toMatchObject({ status: 'failed', attempts: MOST_ATTEMPTS, reason: 'mail_server_unavailable' });
  });
  await soon(async () => {
    const [failed] = (await world.app.published(notificationFailed)).filter(({ data }) => data.userId === userId);
    expect(failed?.data).toMatchObject({ reason: 'mail_server_unavailable', attempts: MOST_ATTEMPTS, channel: 'email' });
  });
});

it('carries on with what a process left that died while it sent', async () => {
  const userId = newId();
  await world.cutMail();
  await order(userId);
  await soon(async () =>
    expect(await mailOf(userId)).toMatchObject({ status: 'pending', attempts: 1, reason: expect.any(String) }),
  );
  const { _id } = await mailOf(userId);
  // As the claim of a process looks that was killed before it could settle it.
  const until = new Date(Date.now() + 45_000);
  await world.app.db(notifications).updateOne({ _id }, { $set: { dueAt: until }, $inc: { version: 1, attempts: 1 } });
  await world.restartMail();
  await world.app.runJob('send-due');
  expect(mailsTo(userId)).toEqual([]);
  world.app.advance(46_000);
  await world.app.runJob('send-due');
  await soon(() => expect(mailsTo(userId)).toHaveLength(1));
});

it.each([
  ['is switched off', 'account_inactive', () => ({ isActive: false })],
  [
    'is unknown',
    'not_found',
    () => {
      throw Object.assign(new Error('no such user'), { status: 404, code: 'not_found', title: 'There is no such thing' });
    },
  ],
])('gives up at once on an account that %s', async (_name, reason, answer) => {
  const userId = newId();
  world.app.sidecar.answer(getContact, () => ({ userId, email: addressOf(userId), name: 'Ada', ...answer() }));
  await order(userId);
  await soon(async () => expect(await mailOf(userId)).toMatchObject({ status: 'failed', attempts: 1, reason }));
  expect(mailsTo(userId)).toEqual([]);
});

it('tries again when auth does not answer', async () => {
  const userId = newId();
  world.app.sidecar.onInvoke('auth', () => ({ status: 500 }));
  await world.app.deliver(userRegistered, { ...userRegistered.example, userId });
  await soon(async () => expect(await mailOf(userId)).toMatchObject({ status: 'pending', attempts: 1, reason: 'unavailable' }));
});

it('works many events off and mails each person once', async () => {
  const userIds = Array.from({ length: 100 }, () => newId());
  await Promise.all(userIds.map(order));
  await soon(() => expect(world.mails.mailbox.list()).toHaveLength(100));
  expect(userIds.every((userId) => mailsTo(userId).length === 1)).toBe(true);
});
