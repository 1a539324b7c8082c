import { randomUUID } from 'node:crypto';
import type { EventData } from '@souk/contracts';
import { cartItemAdded, cartUpdated, orderCreated, userErased } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { backgroundContext } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { customer } from '@souk/testing';
import { takeOrdered } from '../src/cart/cart.actions.ts';
import { cartNotes } from '../src/cart/cart.note.store.ts';
import type { Cart } from '../src/cart/cart.rules.ts';
import { emptied, withItem } from '../src/cart/cart.rules.ts';
import { changeCart, tellChange } from '../src/cart/change.actions.ts';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let mug: { id: string; variants: { variantId: string; sku: string }[] };
let buyer: Person;
let ctx: Context;

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  mug = await sell(ecommerce, north);
  ctx = backgroundContext(ecommerce.running.runtime, 'a process that dies');
});
afterAll(() => ecommerce.stop());
beforeEach(() => {
  buyer = customer();
});

const body = () => ({ productId: mug.id, shopId: north.shopId, quantity: 2 });
const add = (key?: string) =>
  ecommerce.request('POST', '/cart/items', { as: buyer, body: body(), ...(key !== undefined && { key }) });

/** What a process does of an addition that dies before it tells: the state store has the cart, the log knows nothing. */
async function addAndDie(key?: string): Promise<string> {
  const { companyId, shopId } = north;
  const [{ variantId, sku }] = mug.variants as [{ variantId: string; sku: string }];
  const added = { itemId: randomUUID(), companyId, shopId, productId: mug.id, variantId, sku, quantity: 2 };
  const item = { ...added, seenPrice: 1_000, currency: 'EUR' };
  const { view } = await changeCart(buyer.userId, (cart) => withItem(cart, item) ?? cart, { ctx, key, added: item });
  return view.cartId;
}

/** The same world, but for how it writes the state store. */
const withSet = (set: Context['state']['set']): Context => ({ ...ctx, state: { ...ctx.state, set } });

const toldOf = async (cartId: string) => {
  const updated = (await ecommerce.published(cartUpdated)).filter(({ subject }) => subject === cartId);
  const added = (await ecommerce.published(cartItemAdded)).filter(({ subject }) => subject === cartId);
  return {
    updated: updated.map(({ sequence, data }) => [Math.floor(sequence / 1_000), data.lines.map(({ quantity }) => quantity)]),
    added: added.map(({ data }) => data.quantity),
  };
};
const notesOf = () => ecommerce.db(cartNotes).count({ userId: buyer.userId });
const look = async (afterMs: number) => {
  ecommerce.advance(afterMs);
  await ecommerce.runJob('tell lost cart changes');
};

const orderOf = (coupons: string[] = []): EventData<typeof orderCreated> => ({
  ...orderCreated.example,
  orderId: randomUUID(),
  companyId: north.companyId,
  shopId: north.shopId,
  customerId: buyer.userId,
  coupons: coupons.map((promotionId) => ({ promotionId, discount: 100 })),
  lines: [{ ...orderCreated.example.lines[0]!, productId: mug.id, sku: mug.variants[0]!.sku, quantity: 2 }],
});

describe('a cart that was changed by a process that died before it told', () => {
  it('is told of by whoever looks next, once, as that change left it', async () => {
    const cartId = await addAndDie();
    expect(await toldOf(cartId)).toEqual({ updated: [], added: [] });
    await look(30_000);
    expect(await toldOf(cartId)).toEqual({ updated: [], added: [] });
    await add();
    await look(31_000);
    await look(61_000);
    expect(await toldOf(cartId)).toEqual({
      updated: [
        [2, [4]],
        [1, [2]],
      ],
      added: [2, 2],
    });
    expect(await notesOf()).toBe(0);
  });

  it('is told of at once when the request comes again under its key, and changed no second time', async () => {
    const cartId = await addAndDie('the-same-key');
    const { body: cart } = await add('the-same-key');
    expect(cart.items).toMatchObject([{ quantity: 2 }]);
    expect(await toldOf(cartId)).toEqual({ updated: [[1, [2]]], added: [2] });
    await look(61_000);
    expect((await toldOf(cartId)).updated).toHaveLength(1);
  });

  it('is told of when the order that it was left to is heard of again, with coupons or without', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 5 });
    for (const coupons of [[], [id]]) {
      buyer = customer();
      const { cartId } = (await add()).body;
      const order = orderOf(coupons);
      expect(await takeOrdered(buyer.userId, order, ctx)).toBe(true);
      expect((await toldOf(cartId)).updated).toHaveLength(1);
      await ecommerce.deliver(orderCreated, order);
      expect((await toldOf(cartId)).updated).toEqual([
        [1, [2]],
        [2, []],
      ]);
      expect(await notesOf()).toBe(0);
    }
  });
});

describe('a change that was written down and never made', () => {
  it('is not told of, and forgotten after a while', async () => {
    const { cartId } = (await add()).body;
    const note = { cartId, customerId: buyer.userId, lines: [], at: ctx.now().toISOString() };
    const { userId } = buyer;
    await ecommerce.db(cartNotes).insertOne({ _id: `${userId}:x`, userId, key: 'x', version: 2, updated: note, at: ctx.now() });
    await look(61_000);
    expect(await notesOf()).toBe(1);
    await look(600_000);
    expect(await notesOf()).toBe(0);
    expect((await toldOf(cartId)).updated).toEqual([[1, [2]]]);
  });

  it('leaves no note when others were always quicker', async () => {
    await add();
    const rival = () => changeCart(buyer.userId, (cart) => ({ ...cart }), { ctx, key: randomUUID() });
    const slow: Context['state']['set'] = async (...written) => {
      await rival();
      await ctx.state.set(...written);
    };
    const change = changeCart(buyer.userId, emptied, { ctx: withSet(slow), key: 'slow' });
    await expect(change).rejects.toThrow(expect.objectContaining({ status: 409 }));
    expect(await ecommerce.db(cartNotes).count({ _id: `${buyer.userId}:slow` })).toBe(0);
  });

  it('is forgotten with its user', async () => {
    await addAndDie();
    await ecommerce.deliver(userErased, { userId: buyer.userId, at: new Date().toISOString() }, { subject: buyer.userId });
    expect(await notesOf()).toBe(0);
  });
});

test('a write that the sidecar sends twice, so that its answer is a conflict, is made once and told of', async () => {
  const { cartId } = (await add()).body;
  const twice: Context['state']['set'] = async (...written) => {
    await ctx.state.set(...written);
    await ctx.state.set(...written);
  };
  const doubled = (cart: Cart) => ({ ...cart, items: cart.items.map((item) => ({ ...item, quantity: 2 * item.quantity })) });
  const { view, tell } = await changeCart(buyer.userId, doubled, { ctx: withSet(twice) });
  expect([view.version, view.items[0]?.quantity]).toEqual([2, 4]);
  await tellChange(String(tell), ctx);
  expect((await toldOf(cartId)).updated).toEqual([
    [1, [2]],
    [2, [4]],
  ]);
});

test('every change is told of once, with its own version, when many come together', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => add()));
  const done = answers.filter(({ status }) => status === 201);
  const cartId = String(done[0]?.body.cartId);
  const { updated, added } = await toldOf(cartId);
  expect(updated.map(([version]) => version).sort()).toEqual(done.map((_, index) => index + 1));
  expect(added).toEqual(done.map(() => 2));
  expect(await notesOf()).toBe(0);
});
