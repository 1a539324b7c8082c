import type { DemoProduct } from '../../../scripts/demo/catalogue.ts';
import { signIn } from '../../../scripts/demo/people.ts';
import type { Day } from '../day.ts';
import { PASSWORD, STOCK } from '../day.ts';
import { until } from '../platform.ts';
import type { Order } from '../shopper.ts';
import { ADDRESS, BAD_CARD, GOOD_CARD, stockOf, sum } from '../shopper.ts';

/** The sandbox's card whose owner has the bank take the money back. */
const DISPUTED_CARD = { number: '4000000000000259' };
/** One more than auth takes before it locks an account. */
const FAILED_LOGINS = 11;
const DAY_MS = 86_400_000;

interface Wish {
  product: DemoProduct | undefined;
  quantity?: number;
  couponCode?: string;
  paymentMethod?: string;
}

/**
 * All that a day of trade brings, the rare among it, side by side. `round` keeps what can happen once only apart: a counter that was
 * just made does not count as having grown, so a day is played twice.
 */
export async function trade(day: Day, round: number): Promise<void> {
  await Promise.all([
    sellAndShip(day),
    decline(day),
    refuseForStock(day),
    refund(day),
    dispute(day),
    sellOnAccount(day),
    lend(day),
    usePromotionUp(day, round),
    breakHold(day),
    runLow(day, round),
    meetStrangers(day, round),
    closeShop(day, round),
    readFigures(day),
    browse(day),
  ]);
}

/** Reads of strangers, of which the gateway remembers the first. */
async function browse({ platform: { api } }: Day): Promise<void> {
  for (let reads = 0; reads < 5; reads += 1) await api.insist('GET', '/products?q=tea');
}

async function quote({ platform, tenant, buyer }: Day, { product, quantity = 1, couponCode }: Wish): Promise<string> {
  const [variant] = product?.variants ?? [];
  const lines = [{ productId: product?.productId, variantId: variant?.variantId, quantity }];
  const body = { shopId: tenant.shopIds[0], lines, address: { country: 'US', state: 'NY' }, ...(couponCode && { couponCode }) };
  return (await platform.api.insist('POST', '/quotes', { token: buyer.token, body })).signed;
}

const orderQuote = ({ platform, buyer }: Day, signed: string, paymentMethod = 'sandbox'): Promise<Order> =>
  platform.api.insist('POST', '/orders', {
    token: buyer.token,
    body: { quote: signed, paymentMethod, shippingAddress: ADDRESS },
  });

const order = async (day: Day, wish: Wish): Promise<Order> => orderQuote(day, await quote(day, wish), wish.paymentMethod);

const cancel = ({ platform, buyer }: Day, { id }: Order) =>
  platform.api.insist('POST', `/orders/${id}/cancel`, { token: buyer.token });

async function sellAndShip(day: Day): Promise<void> {
  const sold = await order(day, { product: day.products[0] });
  await day.ada.pay(sold, GOOD_CARD);
  await day.ada.reach(sold.id, 'confirmed', 'paid');
  await day.ada.receive(sold, day.tenant, 'T-1');
}

async function decline(day: Day): Promise<void> {
  const unpaid = await order(day, { product: day.products[0] });
  expect(await day.ada.pay(unpaid, BAD_CARD)).toBe(402);
  await cancel(day, unpaid);
}

async function refuseForStock(day: Day): Promise<void> {
  const { id } = await order(day, { product: day.products[1], quantity: 2 * STOCK + 1 });
  await day.ada.reach(id, 'cancelled');
}

async function refund(day: Day): Promise<void> {
  const paid = await order(day, { product: day.products[1] });
  await day.ada.pay(paid);
  await day.ada.reach(paid.id, 'confirmed', 'paid');
  await cancel(day, paid);
  await day.ada.reach(paid.id, 'cancelled', 'refunded');
}

async function dispute(day: Day): Promise<void> {
  const disputed = await order(day, { product: day.products[1] });
  await day.ada.pay(disputed, DISPUTED_CARD);
  await day.ada.reach(disputed.id, 'confirmed', 'paid');
}

/** On a line that bears one order: the second one is refused, and the debt of the first is given up with it. */
async function sellOnAccount(day: Day): Promise<void> {
  const { platform, tenant, buyer, ada, products } = day;
  const wish = { product: products[0], paymentMethod: 'account' };
  const setLimit = (limit: number) =>
    platform.api.insist('PUT', `/debts/limits/${buyer.userId}`, { token: tenant.admin.token, body: { limit } });
  await setLimit(1_000_000);
  const owed = await order(day, wish);
  await ada.reach(owed.id, 'confirmed', 'paid');
  await setLimit(1);
  const refused = await order(day, wish);
  await ada.reach(refused.id, 'cancelled');
  await cancel(day, owed);
}

/** One loan is paid back; another should have been days ago, which debt notices at its next round. Who is late gets no more credit there. */
async function lend({ platform: { api }, hasty, buyer }: Day): Promise<void> {
  const { token } = hasty.admin;
  const dueAt = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
  const loan = { debtorId: buyer.userId, type: 'loan', amount: 100, currency: 'EUR' };
  await api.insist('POST', '/debts', { token, body: { ...loan, dueAt: dueAt(-3) } });
  const { id } = await api.insist('POST', '/debts', { token, body: { ...loan, dueAt: dueAt(30) } });
  await api.insist('POST', `/debts/${id}/payment`, { token, body: { amount: 100 } });
}

/** A promotion that may be used once, wanted by two who were both promised it. */
async function usePromotionUp(day: Day, round: number): Promise<void> {
  const { platform, tenant, ada, products } = day;
  const couponCode = `ONCE-${round}`;
  const body = { name: 'Once', kind: 'fixed', value: 10, code: couponCode, limitTotal: 1 };
  await platform.api.insist('POST', '/promotions', { token: tenant.admin.token, body });
  const wish = { product: products[2], couponCode };
  const [first, second] = [await quote(day, wish), await quote(day, wish)];
  const taken = await orderQuote(day, first);
  await ada.pay(taken);
  await ada.reach(taken.id, 'confirmed', 'paid');
  await ada.reach((await orderQuote(day, second)).id, 'cancelled');
  await cancel(day, taken);
}

/** Goods that are promised turn out not to be there; new ones come. */
async function breakHold(day: Day): Promise<void> {
  const { platform, tenant, products } = day;
  const { token } = tenant.admin;
  const promised = await order(day, { product: products[3], quantity: 2 });
  const sku = promised.lines[0]?.sku ?? '';
  const items = await until(
    () => stockOf(platform, tenant, sku),
    (rows) => sum(rows, 'reserved') === 2,
  );
  const setTo = (onHand: number) =>
    Promise.all(items.map(({ id }) => platform.api.insist('PUT', `/inventory/${id}/stock`, { token, body: { onHand } })));
  await setTo(0);
  await day.ada.reach(promised.id, 'cancelled');
  await setTo(STOCK);
}

async function runLow({ platform, hasty, hastyProducts }: Day, round: number): Promise<void> {
  const sku = hastyProducts[0]?.variants[round]?.sku ?? '';
  const { token } = hasty.admin;
  for (const { id } of await stockOf(platform, hasty, sku)) {
    await platform.api.insist('PUT', `/inventory/${id}/threshold`, { token, body: { threshold: STOCK - 1 } });
    await platform.api.insist('POST', `/inventory/${id}/adjust`, { token, body: { delta: -1, reason: 'damage' } });
  }
}

/** Somebody new, somebody who is known, and somebody who guesses passwords. */
async function meetStrangers({ platform: { api }, buyer }: Day, round: number): Promise<void> {
  await api.ask('POST', '/auth/register', {
    body: { name: 'Grace', email: `grace${round}@example.com`, password: PASSWORD },
  });
  await signIn(api, buyer);
  const body = { email: `mallory${round}@example.com`, password: 'Guessed-Bazaar-1' };
  for (let tries = 0; tries < FAILED_LOGINS; tries += 1) await api.request('POST', '/auth/login', { body });
}

async function closeShop({ platform, tenant }: Day, round: number): Promise<void> {
  const { token } = tenant.admin;
  const body = { name: `Cohoes ${round}`, location: { city: 'Cohoes', country: 'US' } };
  const { id } = await platform.api.insist('POST', '/shops', { token, body });
  await platform.api.insist('DELETE', `/shops/${id}`, { token });
}

/** A company looks at what it sold. */
const readFigures = ({ platform, tenant }: Day) => platform.api.ask('GET', '/analytics/sales', { token: tenant.admin.token });
