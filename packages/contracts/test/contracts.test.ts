import type { EventContract, ServiceName } from '../src/index.ts';
import { allEvents, envelope, eventByType, SERVICES } from '../src/index.ts';

/** The events that each service is the producer of: one that is declared without an entry here, or the other way round, fails. */
const PUBLISHED: Record<ServiceName, string[]> = {
  gateway: [],
  auth: [
    ...['user.registered', 'user.updated', 'user.deactivated', 'user.reactivated', 'user.erased'],
    ...['user.logged_in', 'user.logged_out', 'user.login_failed', 'user.locked', 'user.password_changed'],
    ...['user.password_reset_requested', 'user.registration_repeated', 'user.deleted', 'user.second_factor_changed'],
    ...['user.identity_linked', 'key.added', 'key.refused', 'apikey.created', 'apikey.deleted'],
  ],
  company: [
    ...['company.created', 'company.updated', 'company.deleted', 'company.settings_updated'],
    ...['company.subscription_changed', 'company.renewal_due', 'company.suspended', 'company.resumed'],
    ...[
      'company.permissions_changed',
      'company.payment_account_connected',
      'company.payment_account_removed',
      'plan.created',
      'plan.updated',
      'feature.created',
    ],
  ],
  shop: ['shop.created', 'shop.updated', 'shop.deleted', 'shop.staff_assigned', 'shop.staff_removed'],
  ecommerce: [
    ...['product.created', 'product.updated', 'product.deleted', 'product.viewed', 'product.price_changed'],
    ...['cart.item_added', 'cart.updated', 'cart.abandoned', 'wishlist.item_added', 'review.created'],
    ...['promotion.created', 'promotion.updated', 'promotion.redeemed', 'promotion.redemption_refused', 'promotion.released'],
    ...['category.created', 'category.updated', 'category.deleted', 'import.progressed'],
  ],
  sales: [
    ...['order.created', 'order.confirmed', 'order.processing', 'order.shipped', 'order.delivered', 'order.completed'],
    ...['order.cancelled', 'order.returned', 'order.item_changed', 'order.capture_requested'],
    ...['return.requested', 'return.approved', 'return.rejected', 'return.received', 'return.refund_requested'],
    ...['return.exchanged', 'customer.created', 'customer.segment_changed', 'invoice.issued'],
    ...['customer.updated', 'customer.deleted', 'order.refunded'],
  ],
  payment: [
    ...['payment.initiated', 'payment.authorised', 'payment.processing', 'payment.success', 'payment.failed'],
    ...['payment.refunded', 'payment.cancelled', 'payment.disputed'],
  ],
  inventory: [
    ...['inventory.updated', 'inventory.reserved', 'inventory.reservation_failed', 'inventory.allocated', 'inventory.released'],
    ...['inventory.shipped', 'inventory.hold_broken', 'inventory.low_stock', 'inventory.out_of_stock'],
    ...['inventory.back_in_stock', 'inventory.transferred', 'inventory.adjusted'],
    ...['warehouse.created', 'warehouse.updated', 'warehouse.deleted'],
  ],
  notification: ['notification.sent', 'notification.failed', 'notification.delivered', 'notification.read'],
  websocket: ['chat.message_sent', 'chat.typing', 'presence.changed', 'room.appended'],
  audit: ['audit.checkpoint_signed'],
  analytics: ['analytics.dashboard_updated'],
  debt: [
    ...['debt.created', 'debt.credit_held', 'debt.credit_refused', 'debt.payment_due', 'debt.overdue'],
    ...['debt.paid', 'debt.payment_recorded', 'debt.written_off', 'debt.limit_changed'],
  ],
};

const SIGNALS = [
  'analytics.dashboard_updated',
  'chat.typing',
  'import.progressed',
  'presence.changed',
  'product.viewed',
  'room.appended',
];

const byType: [string, EventContract][] = allEvents.map((event) => [event.type, event]);

describe('the list of events', () => {
  it.each(SERVICES.map((service) => [service, PUBLISHED[service]] as const))(
    'has exactly what %s publishes',
    (service, types) => {
      const declared = allEvents.filter((event) => event.producer === service).map((event) => event.type);
      expect(declared.toSorted()).toEqual(types.toSorted());
    },
  );

  it('holds each type once and finds it by its name', () => {
    expect(new Set(allEvents.map((event) => event.type)).size).toBe(allEvents.length);
    for (const event of allEvents) expect(eventByType(event.type)).toBe(event);
    expect(eventByType('order.vanished')).toBeUndefined();
  });

  it('treats as signals exactly what may be lost', () => {
    const signals = allEvents.filter((event) => event.kind === 'signal').map((event) => event.type);
    expect(signals.toSorted()).toEqual(SIGNALS);
  });
});

describe('the exported names', () => {
  it('are the types in camel case, so that an event is found by either', async () => {
    const exported = Object.entries(await import('../src/events/index.ts'));
    for (const [type, event] of byType) {
      const name = type.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase());
      expect(exported.filter(([, value]) => value === event).map(([key]) => key)).toEqual([name]);
    }
  });
});

describe.each(byType)('%s', (_type, event) => {
  it('is described in one sentence and has a version', () => {
    expect(event.type).toMatch(/^[a-z]+\.[a-z]+(?:_[a-z]+)*$/);
    expect(event.when).toMatch(/^[A-Z].*[^.]\.$/);
    expect(event.version).toBeGreaterThanOrEqual(1);
  });

  it('takes its own example whole, as it comes over the wire', () => {
    const wire: unknown = JSON.parse(JSON.stringify(event.example));
    expect(event.schema.parse(wire)).toEqual(wire);
  });

  it('takes a field added later and refuses one that is missing', () => {
    expect(event.schema.safeParse(Object.assign({}, event.example, { addedLater: 1 })).success).toBe(true);
    expect(event.schema.safeParse({}).success).toBe(false);
  });

  it('fits into the envelope', () => {
    const wrapped = {
      specversion: '1.0',
      id: '019345a0-0000-7000-8000-0000000000ff',
      source: `/services/${event.producer}`,
      type: event.type,
      subject: '019345a0-0000-7000-8000-00000000000e',
      time: '2026-11-02T09:00:00.000Z',
      dataschema: `/schemas/${event.type}/${event.version}`,
      sequence: 3_000,
      position: 17,
      data: event.example,
    };
    expect(envelope.parse(wrapped)).toEqual(wrapped);
  });
});

describe('the money path', () => {
  const paid = { ...Object(eventByType('payment.success')?.example) };

  it('refuses a captured order without its revision, and takes a captured debt without one', () => {
    const schema = eventByType('payment.success')?.schema;
    const { revision, orderId, ...rest } = paid;
    expect(revision).toBe(1);
    expect(schema?.safeParse({ ...rest, orderId }).success).toBe(false);
    expect(schema?.safeParse({ ...rest, debtId: orderId }).success).toBe(true);
  });

  it.each(['order.created', 'order.confirmed', 'order.cancelled'])('has sums in the example of %s that add up', (type) => {
    const { lines, pricing } = Object(eventByType(type)?.example);
    const sum = (field: string) => lines.reduce((total: number, line: Record<string, number>) => total + (line[field] ?? 0), 0);
    for (const line of lines) expect(line.total).toBe(line.unitPrice * line.quantity - line.discount + line.tax);
    expect(pricing.subtotal).toBe(sum('unitPrice') * lines[0].quantity);
    expect(pricing.total).toBe(sum('total') + pricing.shipping);
  });

  it.each([0.5, -1, '100', Number.MAX_SAFE_INTEGER + 1])('refuses %p as a captured amount', (amount) => {
    expect(eventByType('payment.success')?.schema.safeParse({ ...paid, amount }).success).toBe(false);
  });
});
