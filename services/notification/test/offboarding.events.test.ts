import type { EventContract } from '@souk/contracts';
import { notificationFailed, orderCancelled, orderConfirmed, paymentRefunded } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { deleteCompany, holdingsOf, purgeCompanies } from '@souk/testing';
import { notifications } from '../src/notification/notification.store.ts';
import type { MailWorld } from './mail-world.ts';
import { addressOf, soon, startMailWorld } from './mail-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

let world: MailWorld;
beforeAll(async () => {
  world = await startMailWorld();
});
afterAll(() => world.stop());

interface About {
  companyId: string;
  customerId?: string | undefined;
}

/** Tells of something that has just happened to somebody new; gives whom. */
async function tell<Data extends About>(companyId: string, contract: EventContract<Data>): Promise<string> {
  const customerId = newId();
  const data = { ...contract.example, companyId, customerId, orderId: newId() };
  expect(await world.app.deliver(contract, data)).toBe('SUCCESS');
  return customerId;
}
const subjectsTo = (userId: string) => world.mails.mailbox.list(addressOf(userId)).map(({ subject }) => subject);
const kept = (userId: string) => world.app.db(notifications).find({ userId });

test('of a deleted company only how its orders end is told, and of another everything', async () => {
  const [gone, left] = [newId(), newId()];
  expect(await deleteCompany(world.app, gone)).toBe('SUCCESS');
  const untold = await tell(gone, orderConfirmed);
  const told = await Promise.all([tell(gone, orderCancelled), tell(gone, paymentRefunded), tell(left, orderConfirmed)]);
  for (const userId of told) await soon(() => expect(subjectsTo(userId)).toHaveLength(1));
  expect(await kept(untold)).toEqual([]);
  expect(subjectsTo(untold)).toEqual([]);
});

test('a mail that waits for a server is not sent any more once its company is gone', async () => {
  const companyId = newId();
  await world.cutMail();
  const [waiting, ending] = [await tell(companyId, orderConfirmed), await tell(companyId, orderCancelled)];
  await soon(async () => {
    for (const userId of [waiting, ending])
      expect(await kept(userId)).toContainEqual(expect.objectContaining({ attempts: 1, reason: 'mail_server_unavailable' }));
  });
  await deleteCompany(world.app, companyId);
  await world.restartMail();
  world.app.advance(10_000);
  await world.app.runJob('send-due');
  await soon(() => expect(subjectsTo(ending)).toHaveLength(1));
  expect(subjectsTo(waiting)).toEqual([]);
  const failed = await world.app.published(notificationFailed);
  expect(failed.map(({ data }) => [data.userId, data.reason])).toEqual([[waiting, 'company_deleted']]);
});

test('what was told of a deleted company is purged when due, and of another is not', async () => {
  const [gone, left] = [newId(), newId()];
  for (const companyId of [gone, left]) {
    const userId = await tell(companyId, orderConfirmed);
    await soon(() => expect(subjectsTo(userId)).toHaveLength(1));
  }
  await deleteCompany(world.app, gone);
  expect(await holdingsOf(world.app, gone)).toEqual({ notifications: 2 });
  await purgeCompanies(world.app);
  expect(await holdingsOf(world.app, gone)).toEqual({});
  expect(await holdingsOf(world.app, left)).toEqual({ notifications: 2 });
});
