import { companyCreated, companySettingsUpdated, productCreated, productUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';
import { cancelled, confirmed, refunded } from './orders.ts';

const companyId = newId();
const otherCompany = newId();
const [north, south, foreign] = [newId(), newId(), newId()] as const;
const [mug, plate] = [newId(), newId()] as const;
const admin = companyAdmin(companyId);

describe('reports', () => {
  let analytics: TestService;
  const get = (path: string, as: Person = admin) => analytics.request('GET', `/analytics/${path}`, { as });

  beforeAll(async () => {
    analytics = await startTestService(service);
    const settings = { ...companyCreated.example.settings, timezone: 'America/New_York', currency: 'USD' };
    await analytics.deliver(companyCreated, { ...companyCreated.example, companyId, settings });
    await analytics.deliver(companyCreated, { ...companyCreated.example, companyId: otherCompany, settings });
    await analytics.deliver(
      productCreated,
      { ...productCreated.example, productId: mug, companyId, name: 'Mug' },
      { sequence: 1000 },
    );
    await analytics.deliver(
      productUpdated,
      { ...productUpdated.example, productId: mug, companyId, name: 'Red mug' },
      { sequence: 3000 },
    );
    await analytics.deliver(
      productUpdated,
      { ...productUpdated.example, productId: mug, companyId, name: 'Old mug' },
      { sequence: 2000 },
    );
    const late = confirmed({
      companyId,
      shopId: north,
      placedAt: '2026-11-02T04:59:00.000Z',
      total: 1_000,
      quantity: 2,
      productId: mug,
    });
    const early = confirmed({
      companyId,
      shopId: north,
      placedAt: '2026-11-02T05:00:00.000Z',
      total: 2_001,
      quantity: 1,
      productId: plate,
    });
    const lost = confirmed({
      companyId,
      shopId: south,
      placedAt: '2026-11-03T12:00:00.000Z',
      total: 400,
      quantity: 9,
      productId: plate,
    });
    await analytics.deliverAll([
      ...[late, early, lost],
      cancelled(lost, '2026-11-03T13:00:00.000Z'),
      refunded(early, 501, { reason: 'return', at: '2026-11-04T12:00:00.000Z' }),
      confirmed({
        companyId,
        shopId: south,
        placedAt: '2026-11-02T12:00:00.000Z',
        total: 90_000,
        currency: 'JPY',
        productId: plate,
      }),
      confirmed({
        companyId: otherCompany,
        shopId: foreign,
        placedAt: '2026-11-02T12:00:00.000Z',
        total: 7_777,
        productId: newId(),
      }),
    ]);
  });
  afterAll(() => analytics.stop());

  const span = 'from=2026-11-01&to=2026-11-04';

  it("shows sales by the company's days, zeros included", async () => {
    const { status, body } = await get(`sales?${span}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-05T05:00:00.000Z',
      timezone: 'America/New_York',
      currency: 'USD',
    });
    expect(body.total).toEqual({
      ...{ orders: 3, units: 12, gross: 3_401, discount: 0, tax: 240, shipping: 60 },
      ...{ refunds: 901, net: 2_500, cancelled: 1, averageOrder: 1_134 },
    });
    const days = body.points.map(({ local, gross, refunds, net }) => [local, gross, refunds, net]);
    expect(days).toEqual([
      ['2026-11-01T00:00', 1_000, 0, 1_000],
      ['2026-11-02T00:00', 2_001, 0, 2_001],
      ['2026-11-03T00:00', 400, 400, 0],
      ['2026-11-04T00:00', 0, 501, -501],
    ]);
  });

  it("lets a scrape tell today's revenue by currency, and begins anew at midnight", async () => {
    const revenue = async () => {
      const { body } = await analytics.request('GET', '/metrics');
      return /^souk_revenue_today_minor_units\{currency="CHF",.*\} (\S+)$/m.exec(String(body))?.[1];
    };
    const settings = { ...companyCreated.example.settings, currency: 'CHF' };
    const shop = { companyId: newId(), shopId: newId(), currency: 'CHF' };
    await analytics.deliver(companyCreated, { ...companyCreated.example, companyId: shop.companyId, settings });
    expect(await revenue()).toBe('0');
    const now = new Date().toISOString();
    const order = confirmed({ ...shop, placedAt: now, total: 4_200 });
    await analytics.deliverAll([order, refunded(order, 200, { reason: 'return', at: now })]);
    expect(await revenue()).toBe('4000');
    analytics.advance(86_400_000);
    expect(await revenue()).toBe('0');
  });

  it.each([
    ['hours', 'interval=hour&from=2026-11-02&to=2026-11-02', 24, 0],
    ['weeks', `interval=week&${span}`, 2, 1],
    ['months', `interval=month&${span}`, 1, 0],
    ['days of a zone three quarters of an hour off', `interval=day&timezone=Asia/Kathmandu&${span}`, 4, 1],
  ])('shows sales by %s', async (_name, query, points, first) => {
    const { body } = await get(`sales?${query}`);
    expect(body.points).toHaveLength(points);
    expect(body.points[first]?.gross).toBeGreaterThan(0);
  });

  it('keeps currencies apart', async () => {
    const { body } = await get(`sales?${span}&currency=JPY`);
    expect(body.total).toMatchObject({ orders: 1, gross: 90_000 });
  });

  it('compares with the span before', async () => {
    const { body } = await get('sales?from=2026-11-02&to=2026-11-02&compare=previous');
    expect(body.total.gross).toBe(2_001);
    expect(body.previous).toMatchObject({
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-02T05:00:00.000Z',
      total: { gross: 1_000 },
    });
    expect(body.previous.points).toHaveLength(1);
  });

  it('shows the dashboard with shops and best sellers', async () => {
    const { body } = await get(`dashboard?${span}&compare=previous`);
    expect(body.total).toMatchObject({ orders: 3, gross: 3_401, net: 2_500 });
    expect(body.previous.total).toMatchObject({ orders: 0, gross: 0 });
    expect(body.shops).toMatchObject([
      { shopId: north, gross: 3_001 },
      { shopId: south, gross: 400, net: 0 },
    ]);
    expect(body.bestSellers).toEqual([
      { productId: plate, name: null, orders: 1, units: 1, revenue: 2_001 },
      { productId: mug, name: 'Red mug', orders: 1, units: 2, revenue: 1_000 },
    ]);
    expect(body.today.orders).toBe(0);
  });

  it('shows what sold best, by pieces or by money', async () => {
    const ids = async (query: string) =>
      (await get(`products?${span}&${query}`)).body.data.map(({ productId }: { productId: string }) => productId);
    expect(await ids('sort=units')).toEqual([mug, plate]);
    expect(await ids('sort=revenue&limit=1')).toEqual([plate]);
  });

  it('counts an order of history on the day that it was placed', async () => {
    await analytics.deliverEnvelope(confirmed({ companyId, shopId: north, placedAt: '2010-12-01T08:26:00.000Z', total: 139 }));
    const { body } = await get('sales?from=2010-12-01&to=2010-12-01&timezone=UTC');
    expect(body.total).toMatchObject({ orders: 1, gross: 139 });
  });

  it('shows staff their shops, and nothing of others', async () => {
    for (const as of [shopManager(companyId, [south]), shopStaff(companyId, [south])]) {
      expect((await get(`sales?${span}`, as)).body.total).toMatchObject({ orders: 1, gross: 400 });
      expect((await get(`dashboard?${span}`, as)).body.shops).toMatchObject([{ shopId: south }]);
      expect((await get(`products?${span}`, as)).body.data).toEqual([]);
      expect((await get(`sales?${span}&shopId=${north}`, as)).status).toBe(404);
    }
    expect((await get(`sales?${span}&shopId=${south}`)).body.total.gross).toBe(400);
    expect((await get(`sales?${span}&shopId=${foreign}`)).body.total.gross).toBe(0);
    expect((await get(`sales?${span}&companyId=${otherCompany}`)).status).toBe(404);
  });

  it('shows a super admin all companies, or one', async () => {
    const as = superAdmin();
    expect((await get(`sales?${span}&timezone=UTC&currency=USD`, as)).body.total.gross).toBe(3_401 + 7_777);
    expect((await get(`sales?${span}&companyId=${otherCompany}`, as)).body.total.gross).toBe(7_777);
    expect((await get(`sales?${span}`, as)).body.code).toBe('analytics.currency_unknown');
  });

  it('follows the company when it moves', async () => {
    const settings = { ...companySettingsUpdated.example.settings, timezone: 'UTC', currency: 'USD' };
    await analytics.deliver(
      companySettingsUpdated,
      { ...companySettingsUpdated.example, companyId: otherCompany, settings },
      { sequence: 9_000_000 },
    );
    expect((await get('dashboard', companyAdmin(otherCompany))).body.timezone).toBe('UTC');
  });

  it('keeps one calendar of a zone, however its name is written', async () => {
    const formats = jest.spyOn(Intl, 'DateTimeFormat');
    for (const timezone of ['Asia/Kolkata', 'aSIA/kolkata', 'asia/CALCUTTA'])
      expect((await get(`sales?${span}&timezone=${timezone}`)).body).toMatchObject({ timezone });
    const kept = formats.mock.calls.filter(([, options]) => options?.era !== undefined);
    formats.mockRestore();
    expect(kept).toHaveLength(1);
  });

  it.each([
    ['a span that ends before it begins', 'from=2026-11-02&to=2026-11-01', 'analytics.range_invalid'],
    ['too many points', 'from=2020-01-01&to=2026-01-01&interval=hour', 'analytics.range_too_long'],
    ['too many quarter hours', 'from=2010-01-01&to=2026-01-01&interval=month', 'analytics.range_too_long'],
    ['a date that is none', 'from=2026-02-30', 'invalid_request'],
    ['a year that calendars do not know', 'to=9999-12-31', 'invalid_request'],
    ['a zone that is none', 'timezone=Mars/Olympus', 'invalid_request'],
    ['a currency that is none', 'currency=XXY', 'invalid_request'],
    ['an interval that is none', 'interval=minute', 'invalid_request'],
    ['an unknown parameter', 'colour=red', 'invalid_request'],
  ])('refuses %s', async (_name, query, code) => {
    const { status, body } = await get(`sales?${query}`);
    expect([status, body.code]).toEqual([422, code]);
  });

  it('is for staff, and rebuilding for super admins', async () => {
    for (const path of ['dashboard', 'sales', 'products']) {
      expect((await get(path, customer())).status).toBe(403);
      expect((await analytics.request('GET', `/analytics/${path}`)).status).toBe(401);
    }
    expect((await analytics.request('POST', '/analytics/rebuild', { as: admin })).status).toBe(403);
    expect((await get(`rebuild/${newId()}`)).status).toBe(403);
    expect((await get(`rebuild/${newId()}`, superAdmin())).status).toBe(404);
  });
});
