import { newId } from '@souk/service-kit';
import { deleteCompany, holdingsOf, purgeCompanies } from '@souk/testing';
import type { Till } from './sandbox.ts';
import { authorised, cancelOrder, captured, ledgerOf, newOrder, paymentOf, useTill } from './sandbox.ts';

let till: Till;
useTill((opened) => {
  till = opened;
});

/** One payment that was captured and one that was given up. */
async function trade(companyId: string) {
  const { order: paid } = await captured(till, newOrder({ companyId }));
  const { order: dropped } = await authorised(till, newOrder({ companyId }));
  await cancelOrder(till, dropped);
  expect((await paymentOf(till, dropped)).status).toBe('cancelled');
  return paid;
}

test('of a deleted company the books stay and balance, with the payments that they are about; nothing of another goes', async () => {
  const [gone, left] = [newId(), newId()];
  const paid = await trade(gone);
  await trade(left);
  const balances = await ledgerOf(till, paid);
  const all = await holdingsOf(till.shop, left);
  expect(all).toMatchObject({ payments: 2, ledger: expect.any(Number) });
  expect(await deleteCompany(till.shop, gone)).toBe('SUCCESS');
  await purgeCompanies(till.shop);
  expect(await holdingsOf(till.shop, gone)).toEqual({ ...all, payments: 1 });
  expect((await paymentOf(till, paid)).status).toBe('captured');
  expect(await ledgerOf(till, paid)).toEqual(balances);
  expect(await holdingsOf(till.shop, left)).toEqual(all);
});
