import { orderCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { deleteCompany, purgeCompanies, startTestService } from '@souk/testing';
import { companyRoom } from '../src/room.rules.ts';
import { roomHeads } from '../src/room.store.ts';
import { service } from '../src/service.ts';

let app: TestService;
beforeAll(async () => {
  app = await startTestService(service);
});
afterAll(() => app.stop());

test('the room of a deleted company is purged when due, and that of another is not', async () => {
  const [gone, left] = [newId(), newId()];
  for (const companyId of [gone, left]) await app.deliver(orderCreated, { ...orderCreated.example, orderId: newId(), companyId });
  const isThere = async (companyId: string) => (await app.db(roomHeads).count({ _id: companyRoom(companyId) })) === 1;
  expect(await deleteCompany(app, gone)).toBe('SUCCESS');
  expect([await isThere(gone), await isThere(left)]).toEqual([true, true]);
  await purgeCompanies(app);
  expect([await isThere(gone), await isThere(left)]).toEqual([false, true]);
});
