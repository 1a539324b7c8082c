import type { Envelope } from '@souk/contracts';
import { analyticsDashboardUpdated, companyCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { eventually, startTestService, superAdmin } from '@souk/testing';
import { knownOrders } from '../src/order/order.store.ts';
import { productRollups, rollups } from '../src/order/rollup.store.ts';
import { service } from '../src/service.ts';
import { keepLogs } from './logs.ts';
import { cancelled, confirmed, refunded, shuffled } from './orders.ts';

/** Sixty orders of two shops over three days, in two currencies: some cancelled, some refunded, some both. */
function story(companyId: string): Envelope[] {
  const shops = [newId(), newId()] as const;
  const products = [newId(), newId(), newId()] as const;
  return Array.from({ length: 60 }, (_, index) => {
    const order = confirmed({
      companyId,
      shopId: shops[index % 2] ?? '',
      productId: products[index % 3] ?? '',
      quantity: 1 + (index % 4),
      total: 1_000 + 37 * index,
      currency: index % 10 === 0 ? 'JPY' : 'USD',
      placedAt: new Date(Date.UTC(2026, 10, 1 + (index % 3), index % 24, (index * 7) % 60)).toISOString(),
    });
    const later = `2026-11-0${4 + (index % 3)}T12:34:56.000Z`;
    return [
      order,
      ...(index % 5 === 0 ? [refunded(order, 100 + index, { reason: 'return', at: later })] : []),
      ...(index % 10 === 0 ? [cancelled(order, later), refunded(order, 900, { reason: 'order_cancelled', at: later })] : []),
    ];
  }).flat();
}

describe('counting', () => {
  let analytics: TestService;

  beforeAll(async () => {
    analytics = await startTestService(service);
  });
  afterAll(() => analytics.stop());

  /** All sums of a company, as sorted texts. A sum that went back to nothing and one that never was are the same. */
  const figuresOf = async (companyId: string, generation = 1, asBefore = (text: string) => text) => {
    const found = [
      ...(await analytics.db(rollups).find({ companyId, generation })),
      ...(await analytics.db(productRollups).find({ companyId, generation })),
    ];
    const texts = found.map(({ _id, generation: _generation, ...sum }) => Object.entries(sum).filter(([, value]) => value !== 0));
    return texts
      .filter((sum) => sum.some(([, value]) => typeof value === 'number'))
      .map((sum) => asBefore(JSON.stringify(sum.toSorted(([left], [right]) => (left < right ? -1 : 1)))))
      .sort();
  };

  it('counts what was confirmed, to the unit', async () => {
    const companyId = newId();
    const events = story(companyId);
    expect(new Set(await analytics.deliverAll(events))).toEqual(new Set(['SUCCESS']));
    const orders = events.filter(({ type }) => type === 'order.confirmed') as ReturnType<typeof confirmed>[];
    const sums = await analytics.db(rollups).find({ companyId });
    const sum = (name: 'orders' | 'gross' | 'units') => sums.reduce((all, each) => all + (each[name] ?? 0), 0);
    expect(sum('orders')).toBe(60);
    expect(sum('gross')).toBe(orders.reduce((all, { data }) => all + data.total, 0));
    expect(sum('units')).toBe(orders.reduce((all, { data }) => all + (data.lines[0]?.quantity ?? 0), 0));
  });

  it('ends with the same figures when every fact comes three times and shuffled', async () => {
    const companyId = newId();
    const events = story(companyId);
    const copies = copyOf(events);
    await analytics.deliverAll(events);
    const wild = shuffled([...copies.events, ...copies.events, ...copies.events], 11);
    for (let start = 0; start < wild.length; start += 30) await analytics.deliverAll(wild.slice(start, start + 30));
    const figures = await figuresOf(companyId);
    expect(figures.length).toBeGreaterThan(100);
    expect(await figuresOf(copies.idOf(companyId), 1, copies.asBefore)).toEqual(figures);
  });

  it('sets facts that break their contract aside, and counts nothing of them', async () => {
    const order = confirmed({ companyId: newId(), shopId: newId() });
    const before = analytics.deadLetters.length;
    expect(await analytics.deliverEnvelope({ ...order, data: { ...order.data, total: -5 } })).toBe('SUCCESS');
    expect(analytics.deadLetters).toHaveLength(before + 1);
    expect(await figuresOf(order.data.companyId)).toEqual([]);
  });

  it('tells of a changed dashboard, once for many changes', async () => {
    const companyId = newId();
    const settings = { ...companyCreated.example.settings, timezone: 'Pacific/Kiritimati' };
    await analytics.deliver(companyCreated, { ...companyCreated.example, companyId, settings });
    const at = (hour: number) => `2026-11-01T${hour}:00:00.000Z`;
    await analytics.deliverAll(
      [10, 11, 12].map((hour) => confirmed({ companyId, shopId: newId(), placedAt: at(hour), total: 500 })),
    );
    const told = () =>
      analytics.sidecar.published.filter(
        ({ type, companyid }) => type === analyticsDashboardUpdated.type && companyid === companyId,
      );
    await eventually(() => expect(told().length).toBeGreaterThan(0), { withinMs: 4_000 });
    const [signal] = told();
    expect(signal?.data).toMatchObject({
      companyId,
      day: '2026-11-02',
      currency: 'USD',
      grossRevenue: 1_500,
      orders: 3,
      averageOrder: 500,
      refunds: 0,
    });
    expect(analyticsDashboardUpdated.schema.safeParse(signal?.data).success).toBe(true);
    expect(told()).toHaveLength(1);
  });

  it('is rebuilt from the logs to the same figures, while facts go on coming', async () => {
    const companyId = newId();
    const events = story(companyId);
    const half = events.length / 2;
    const log = events.slice(0, half);
    keepLogs(analytics, log);
    await analytics.deliverAll(log);
    // What a fault may have left behind must be gone afterwards.
    const [spoilt] = await analytics.db(rollups).find({ companyId }, { limit: 1 });
    await analytics.db(rollups).updateOne({ _id: spoilt?._id ?? '' }, { $inc: { gross: 1_000_000 } });
    const as = superAdmin();
    const started = await analytics.request('POST', '/analytics/rebuild', { as });
    expect([started.status, started.body.status]).toEqual([202, 'running']);
    expect((await analytics.request('POST', '/analytics/rebuild', { as })).body.code).toBe('analytics.rebuild_running');
    // Live and in the log as well: whichever comes first, each counts once.
    const rest = events.slice(half);
    log.push(...rest.slice(0, 10));
    await Promise.all([analytics.deliverAll(rest), analytics.runJob('rebuild')]);
    const path = String(started.headers.location).replace('/api', '');
    const done = await eventually(async () => {
      const { body } = await analytics.request('GET', path, { as });
      expect(body.status).toBe('done');
      return body;
    });
    expect(done.progress.find(({ producer }) => producer === 'sales')?.facts).toBeGreaterThan(0);
    const copies = copyOf(events);
    await analytics.deliverAll(copies.events);
    const fromFacts = await figuresOf(copies.idOf(companyId), 2, copies.asBefore);
    expect(fromFacts.length).toBeGreaterThan(100);
    expect(await figuresOf(companyId, 2)).toEqual(fromFacts);
    analytics.advance(61_000);
    await analytics.runJob('rebuild');
    for (const store of [rollups, productRollups, knownOrders])
      expect(await analytics.db<object>(store).count({ generation: 1 })).toBe(0);
  });
});

/** The same story with other ids, and the way back to the first ones. */
function copyOf(events: readonly Envelope[]) {
  const ids = new Map<string, string>();
  const idOf = (known: string) => {
    const made = ids.get(known) ?? newId();
    ids.set(known, made);
    return made;
  };
  const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  const copies: Envelope[] = JSON.parse(JSON.stringify(events).replace(uuid, idOf));
  const known = new Map([...ids].map(([before, after]) => [after, before]));
  return { events: copies, idOf, asBefore: (text: string) => text.replace(uuid, (id) => known.get(id) ?? id) };
}
