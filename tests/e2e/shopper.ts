import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import type { Place, Platform } from './platform.ts';
import { until } from './platform.ts';

export const GOOD_CARD = { number: '4242424242424242' };
export const BAD_CARD = { number: '4000000000000002' };
export const ADDRESS = {
  name: 'Ada Byron',
  line1: '1 Analytical Way',
  city: 'Albany',
  state: 'NY',
  postalCode: '12084',
  country: 'US',
};

export interface Order {
  id: string;
  orderNumber: string;
  shopId: string;
  status: string;
  paymentStatus: string;
  cancelReason?: string;
  confirmedAt?: string;
  currency: string;
  lines: { lineId: string; sku: string; quantity: number }[];
  pricing: { subtotal: number; total: number };
  payment?: { method: string };
  shipments: { carrier?: string; trackingNumber: string }[];
}

/** What a customer does, through the gateway. */
export class Shopper {
  readonly #platform: Platform<Place>;
  readonly #token: string;
  /** Every order that a checkout answered. */
  readonly placed: string[] = [];

  constructor(platform: Platform<Place>, { token }: SignedIn) {
    this.#platform = platform;
    this.#token = token;
  }

  read(id: string): Promise<Order> {
    return this.#platform.api.ask('GET', `/orders/${id}`, { token: this.#token });
  }

  /** Waits until an order stands where it should. */
  reach(id: string, status: string, paymentStatus?: string): Promise<Order> {
    return until(
      () => this.read(id),
      (order) => order.status === status && (paymentStatus === undefined || order.paymentStatus === paymentStatus),
    );
  }

  async fillCart(shopId: string, product: DemoProduct | undefined, quantity: number): Promise<void> {
    const [variant] = product?.variants ?? [];
    const body = { productId: product?.productId, variantId: variant?.variantId, shopId, quantity };
    await this.#platform.api.insist('POST', '/cart/items', { token: this.#token, body });
  }

  async checkOut(paymentMethod = 'sandbox'): Promise<Order[]> {
    const body = { paymentMethod, shippingAddress: ADDRESS };
    const orders: Order[] = (await this.#platform.api.insist('POST', '/checkout', { token: this.#token, body })).orders;
    this.placed.push(...orders.map(({ id }) => id));
    return orders;
  }

  /** Checks out with one product; the first order of that checkout. */
  async buyOne(
    shopId: string | undefined,
    product: DemoProduct | undefined,
    { quantity = 1, paymentMethod = 'sandbox' }: { quantity?: number; paymentMethod?: string } = {},
  ): Promise<Order> {
    await this.fillCart(shopId ?? '', product, quantity);
    const [order] = await this.checkOut(paymentMethod);
    if (!order) throw new Error('the checkout made no order');
    return order;
  }

  openIntent(order: Order) {
    return this.#platform.api.insist('POST', '/payments/intent', { token: this.#token, body: { orderId: order.id } });
  }

  /** Pays with a card; the status of the answer. */
  async pay(order: Order, card = GOOD_CARD): Promise<number> {
    const { paymentId } = await this.openIntent(order);
    const body = { paymentId, card };
    return (await this.#platform.api.request('POST', '/payments/process', { token: this.#token, body })).status;
  }

  /** The shop sends all of an order in one parcel, which arrives. */
  async receive(order: Order, from: Tenant, trackingNumber: string): Promise<void> {
    const { token } = from.admin;
    const body = { carrier: 'ups', trackingNumber };
    const sent = await this.#platform.api.ask('POST', `/orders/${order.id}/ship`, { token, body });
    expect(sent.status).toBe('shipped');
    await this.#platform.api.ask('POST', `/orders/${order.id}/deliver`, { token });
    await this.reach(order.id, 'delivered');
  }
}

export interface StockRow {
  id: string;
  onHand: number;
  reserved: number;
  available: number;
}

export const stockOf = async ({ api }: Platform<Place>, of: Tenant, sku: string): Promise<StockRow[]> =>
  (await api.ask('GET', `/inventory/sku/${sku}`, { token: of.admin.token })).data;

export const sum = (rows: StockRow[], field: 'onHand' | 'reserved') => rows.reduce((total, row) => total + row[field], 0);

export async function mailsTo({ system }: Platform<Place>, email: string): Promise<{ subject: string; text: string }[]> {
  const answer = await fetch(`${system.mailUrl}/email?to=${encodeURIComponent(email)}`);
  return (await answer.json()) as { subject: string; text: string }[];
}

/** Makes the payment sandbox fail, wait or lose its replies. */
export async function setSwitches({ system }: Platform<Place>, switches: object): Promise<void> {
  const headers = { authorization: `Bearer ${system.secrets['sandbox-api-key']}`, 'content-type': 'application/json' };
  const answer = await fetch(`${system.sandboxUrl}/v1/switches`, { method: 'PUT', headers, body: JSON.stringify(switches) });
  expect(answer.status).toBe(200);
}
