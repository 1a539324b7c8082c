import { randomInt } from 'node:crypto';
import type { Address, PaymentMethod, Quote } from '@souk/contracts';
import { askPayment, askRedemption, askReservation, holdCredit, quote as quoteSchema } from '@souk/contracts';
import { isGone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { companySuspended, invalid, matchVersion, newId, notFound, system, unsealJson } from '@souk/service-kit';
import { config } from './config.ts';
import { requireQuotedPlace } from './destination.rules.ts';
import { paymentMethodRefused, quoteForOther, shopUnknown } from './errors.ts';
import { createdFact } from './fact.rules.ts';
import { firstAnswers } from './item.rules.ts';
import { changeOrders } from './order.batch.ts';
import type { Answers, Order } from './order.model.ts';
import type { Cause, Decision, ShipmentRequest } from './order.rules.ts';
import { answered, cancel, move, settle, ship } from './order.rules.ts';
import { findDueOrders, findOrder } from './order.store.ts';
import { findShop, reservationSeconds } from './reference.store.ts';
import { isFree, needsAuthorisation, needsCredit, nextDeadline } from './saga.rules.ts';

const NUMBER_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const NUMBER_LENGTH = 10;
const MOST_DUE_AT_ONCE = 100;

/** Says who or what makes a decision happen now. */
export const causeOf = (ctx: Context, by?: string): Cause => ({
  now: ctx.now(),
  by: by ?? ctx.event?.type ?? ctx.caller?.role ?? 'saga',
  actorId: ctx.caller?.userId,
});

/** Short enough to read over the telephone, and telling nobody how many orders there are. */
function newOrderNumber(): string {
  return `SO-${Array.from({ length: NUMBER_LENGTH }, () => NUMBER_ALPHABET[randomInt(NUMBER_ALPHABET.length)]).join('')}`;
}

/** The quote inside a signed one. Throws when it was not signed by us, is too old, or is not a quote. */
export function openQuote(ctx: Context, signed: string): Quote {
  const claims = unsealJson(signed, config.of(ctx)['quote-key'], { audience: 'quote', now: ctx.now() });
  const parsed = quoteSchema.safeParse(claims.quote);
  if (!parsed.success) throw invalid('This is not a quote');
  return parsed.data;
}

export interface OrderDetails {
  paymentMethod: PaymentMethod;
  shippingAddress?: Address | undefined;
  checkoutId?: string | undefined;
}

/** A pending order from a quote, with the fact that tells of it. Throws when the caller may not order this, here, or in this way. */
export async function draftOrder(ctx: Context, quote: Quote, details: OrderDetails): Promise<Decision> {
  const isTill = ctx.caller?.role !== 'customer';
  const customerId = isTill ? quote.customerId : ctx.caller?.userId;
  if (quote.customerId !== customerId) throw quoteForOther();
  checkDetails(quote, details, { isTill, customerId });
  const reference = ctx.as(system('an order needs the shop and settings of its company'));
  // Staff sell in their own shops only.
  const shop = await findShop(isTill ? ctx : reference, quote.shopId);
  if (!shop?.isActive || shop.companyId !== quote.companyId || (await isGone(ctx, quote.companyId))) throw shopUnknown();
  // Its price may have been signed before.
  const suspension = ctx.suspensionOf(quote.companyId);
  if (suspension !== undefined) throw companySuspended(undefined, { reason: suspension });
  const now = ctx.now();
  const holdUntil = new Date(now.getTime() + (await reservationSeconds(reference, quote.companyId)) * 1000);
  const { quoteId, companyId, shopId, currency, lines, pricing, coupons, shippingMethod, shippingKind } = quote;
  const order: Order = {
    _id: newId(),
    orderNumber: newOrderNumber(),
    ...{ quoteId, companyId, shopId, currency, lines, pricing, coupons },
    ...(customerId !== undefined && { customerId }),
    source: isTill ? 'pos' : 'checkout',
    ...(details.checkoutId !== undefined && { checkoutId: details.checkoutId }),
    revision: 1,
    paymentMethod: details.paymentMethod,
    ...(shippingMethod !== undefined && { shippingMethod }),
    ...(shippingKind !== undefined && { shippingKind }),
    ...(details.shippingAddress !== undefined && { shippingAddress: details.shippingAddress }),
    warehouseIds: shop.warehouseIds,
    status: 'pending',
    phase: 'open',
    paymentStatus: 'pending',
    answers: firstAnswers(coupons),
    holdUntil,
    asks: 0,
    shipments: [],
    timeline: [
      { step: 'created', at: now, cause: isTill ? 'till' : 'checkout', ...(ctx.caller && { actorId: ctx.caller.userId }) },
    ],
    placedAt: now,
    traceparent: ctx.traceparent,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const deadline = nextDeadline(order, now);
  return { order: { ...order, ...(deadline && { nextDeadlineAt: deadline }) }, facts: [createdFact(order)] };
}

function checkDetails(quote: Quote, details: OrderDetails, by: { isTill: boolean; customerId: string | undefined }): void {
  if (details.paymentMethod === 'account' && by.customerId === undefined)
    throw paymentMethodRefused('Buying on account needs a customer');
  if (!by.isTill) requireQuotedPlace(quote, details.shippingAddress);
}

/** Makes orders that stand or fall together, and begins what each of them needs. */
export async function placeOrders(ctx: Context, drafts: Decision[]): Promise<Order[]> {
  const made = await ctx.batch(changeOrders, { create: drafts });
  return Promise.all(made.map((order) => (needsCredit(order) ? takeCredit(ctx, order) : order)));
}

/** Changes an order that the caller may see. Throws 404 for any other, and preconditionFailed. */
export async function changeOrder(ctx: Context, orderId: string, decide: (order: Order) => Decision): Promise<Order> {
  if (!(await findOrder(ctx, orderId))) throw notFound();
  return changeKnownOrder(ctx, orderId, (current) => {
    matchVersion(ctx, current.version);
    return decide(current);
  });
}

/** Changes an order for the saga, which no person asks for. */
export async function changeKnownOrder(ctx: Context, orderId: string, decide: (order: Order) => Decision): Promise<Order> {
  const [order] = await ctx.batch(changeOrders, { orderId, change: decide });
  if (!order) throw notFound();
  return order;
}

/** Records what another service answered to a revision and goes on from there. */
export function recordAnswer(
  ctx: Context,
  orderId: string,
  answer: { revision: number; answers: Answers; paymentId?: string },
): Promise<Order> {
  const cause = causeOf(ctx);
  return changeKnownOrder(ctx, orderId, (order) => answered(order, answer, cause));
}

export function cancelOrder(ctx: Context, orderId: string): Promise<Order> {
  const cause = causeOf(ctx);
  return changeOrder(ctx, orderId, (order) => cancel(order, ctx.caller?.role === 'customer' ? 'customer' : 'staff', cause));
}

export function moveOrder(ctx: Context, orderId: string, to: 'processing' | 'delivered' | 'completed'): Promise<Order> {
  const cause = causeOf(ctx);
  return changeOrder(ctx, orderId, (order) => move(order, to, cause));
}

export function shipOrder(ctx: Context, orderId: string, request: Omit<ShipmentRequest, 'shipmentId'>): Promise<Order> {
  const cause = causeOf(ctx);
  const shipmentId = newId();
  return changeOrder(ctx, orderId, (order) => ship(order, { ...request, shipmentId }, cause));
}

/** Sets an order's total aside on its buyer's credit line; a line that does not answer is asked again at the deadline. */
export async function takeCredit(ctx: Context, order: Order): Promise<Order> {
  const { _id: orderId, revision, companyId, customerId, currency, pricing } = order;
  if (customerId === undefined) return order;
  const body = { orderId, revision, companyId, customerId, amount: pricing.total, currency };
  try {
    const { outcome } = await ctx.invoke(holdCredit, { body, key: `${orderId}:${revision}` });
    return await recordAnswer(ctx, orderId, { revision, answers: { credit: outcome } });
  } catch (error) {
    // The order stands and its deadline asks again.
    ctx.log.warn({ err: error, orderId }, 'a credit line did not answer');
    return order;
  }
}

/** Looks at orders whose time has come: asks again for what is missing, and ends what has expired. Gives how many there were. */
export async function chaseDueOrders(ctx: Context): Promise<number> {
  const due = await findDueOrders(ctx, ctx.now(), MOST_DUE_AT_ONCE);
  await Promise.all(due.map((order) => chase(ctx, order)));
  return due.length;
}

async function chase(ctx: Context, found: Order): Promise<void> {
  const cause = causeOf(ctx, 'deadline');
  try {
    // Settled first: an order past its hold ends here, whoever may still owe it an answer.
    const order = await changeKnownOrder(ctx, found._id, (each) => settle({ ...each, asks: each.asks + 1 }, cause));
    if (order.phase !== 'done') await askAgain(ctx, order);
  } catch (error) {
    ctx.log.warn({ err: error, orderId: found._id }, 'an order is chased again later');
  }
}

async function askAgain(ctx: Context, order: Order): Promise<void> {
  const { answers } = order;
  await Promise.all([
    answers.stock === undefined && order.phase === 'open' && askForStock(ctx, order),
    answers.promotions === undefined && askForPromotions(ctx, order),
    needsCredit(order) && answers.credit === undefined && takeCredit(ctx, order),
    !isFree(order) && (order.phase === 'paying' || needsAuthorisation(order)) && askForPayment(ctx, order),
  ]);
}

async function askForStock(ctx: Context, order: Order): Promise<void> {
  const { _id: orderId, revision, companyId, shopId, warehouseIds, holdUntil } = order;
  const lines = order.lines.map(({ lineId, sku, quantity, tracked, backorder }) => ({
    lineId,
    sku,
    quantity,
    tracked,
    backorder,
  }));
  const body = { orderId, revision, companyId, shopId, warehouseIds, lines, holdUntil: holdUntil.toISOString() };
  const { outcome } = await ctx.invoke(askReservation, { body });
  if (outcome !== 'released')
    await recordAnswer(ctx, orderId, { revision, answers: { stock: outcome === 'reserved' ? 'held' : 'failed' } });
}

async function askForPromotions(ctx: Context, order: Order): Promise<void> {
  const { _id: orderId, revision, companyId, customerId, coupons } = order;
  const { outcome } = await ctx.invoke(askRedemption, {
    body: { orderId, revision, companyId, ...(customerId && { customerId }), coupons },
  });
  await recordAnswer(ctx, orderId, { revision, answers: { promotions: outcome } });
}

async function askForPayment(ctx: Context, order: Order): Promise<void> {
  const { _id: orderId, revision, companyId, shopId, customerId, paymentMethod, pricing, currency, phase } = order;
  const body = {
    orderId,
    revision,
    companyId,
    shopId,
    ...(customerId && { customerId }),
    paymentMethod,
    amount: pricing.total,
    currency,
  };
  const answer = await ctx.invoke(askPayment, { body: { ...body, capture: phase === 'paying' } });
  if (answer.revision !== undefined && answer.revision !== revision) return;
  const payment = { authorised: 'authorised', captured: 'captured', failed: 'failed' } as const;
  const known = Object.entries(payment).find(([status]) => status === answer.status)?.[1];
  // A payment that failed while the order is open may be tried again by the buyer; only while paying is it an answer.
  if (known === undefined || (known === 'failed' && phase === 'open')) return;
  await recordAnswer(ctx, orderId, {
    revision,
    answers: { payment: known },
    ...(answer.paymentId && { paymentId: answer.paymentId }),
  });
}
