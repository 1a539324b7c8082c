import { randomUUID } from 'node:crypto';
import type { CompanySettings } from '@souk/contracts';
import type { Promotion } from '../src/promotion/promotion.rules.ts';
import type { Basket, BasketLine } from '../src/quote/quote.rules.ts';
import { priceBasket } from '../src/quote/quote.rules.ts';
import { randomFrom } from './random.ts';

const line = (fields: Partial<BasketLine> = {}): BasketLine => ({
  lineId: randomUUID(),
  productId: randomUUID(),
  variantId: randomUUID(),
  sku: 'MUG',
  name: 'Mug',
  quantity: 1,
  unitPrice: 1_000,
  weightGrams: 500,
  taxClass: 'standard',
  categoryIds: [],
  tracked: true,
  backorder: false,
  ...fields,
});

const promotion = (fields: Partial<Promotion> = {}): Promotion => ({
  _id: randomUUID(),
  companyId: randomUUID(),
  version: 1,
  name: 'Ten off',
  kind: 'percent',
  value: 1_000,
  codeKey: 'TEN',
  minimumSubtotal: 0,
  productIds: [],
  categoryIds: [],
  isActive: true,
  stackable: false,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...fields,
});

const settings: Pick<CompanySettings, 'taxInclusive' | 'taxZones' | 'shippingZones'> = {
  taxInclusive: false,
  taxZones: [
    { country: 'US', rates: [{ taxClass: 'standard', rate: 500 }] },
    {
      country: 'US',
      state: 'NY',
      rates: [
        { taxClass: 'standard', rate: 800 },
        { taxClass: 'food', rate: 0 },
      ],
    },
    { country: 'DE', rates: [{ taxClass: 'standard', rate: 1_900 }] },
  ],
  shippingZones: [
    {
      zoneId: randomUUID(),
      name: 'Home',
      countries: ['US'],
      methods: [
        {
          methodId: randomUUID(),
          name: 'Parcel',
          kind: 'delivery',
          rates: [
            { minWeightGrams: 0, maxWeightGrams: 2_000, minTotal: 0, maxTotal: 10_000, price: 500 },
            { minWeightGrams: 0, minTotal: 10_000, price: 0 },
          ],
        },
        { methodId: randomUUID(), name: 'Express', kind: 'delivery', rates: [{ minWeightGrams: 0, minTotal: 0, price: 1_500 }] },
        { methodId: randomUUID(), name: 'Counter', kind: 'pickup', rates: [{ minWeightGrams: 0, minTotal: 0, price: 0 }] },
      ],
    },
  ],
};

const basket = (fields: Partial<Basket> = {}): Basket => ({
  lines: [line()],
  promotions: [],
  settings,
  destination: { country: 'US', state: 'NY' },
  origin: {},
  shippingMethod: 'Parcel',
  ...fields,
});

describe('tax', () => {
  it("takes the state's rate before the country's and puts it on top of prices without tax", () => {
    expect(priceBasket(basket()).pricing).toEqual({ subtotal: 1_000, discount: 0, shipping: 500, tax: 80 + 40, total: 1_620 });
    const other = priceBasket(basket({ destination: { country: 'US', state: 'TX' } }));
    expect(other.pricing.tax).toBe(50 + 25);
  });

  it('leaves the total alone where prices include it', () => {
    const { pricing, lines } = priceBasket(basket({ settings: { ...settings, taxInclusive: true } }));
    expect(pricing).toEqual({ subtotal: 1_000, discount: 0, shipping: 500, tax: 74 + 37, total: 1_500 });
    expect(lines[0]).toMatchObject({ total: 1_000, tax: 74 });
  });

  it('taxes a class by its own rate, one the zone does not name like standard, and nothing without a zone', () => {
    const lines = [line({ taxClass: 'food' }), line({ taxClass: 'unheard' })];
    expect(priceBasket(basket({ lines })).lines.map(({ tax }) => tax)).toEqual([0, 80]);
    expect(priceBasket(basket({ lines, destination: { country: 'FR' } })).pricing.tax).toBe(0);
  });

  it('is that of the shop when the buyer picks up', () => {
    const picked = priceBasket(basket({ shippingMethod: 'Counter', origin: { country: 'DE' } }));
    expect(picked.pricing).toMatchObject({ tax: 190, shipping: 0, total: 1_190 });
  });
});

describe('shipping', () => {
  it('offers the cheapest first and takes it when none is named', () => {
    const { shippingOptions, shipping } = priceBasket(basket({ shippingMethod: undefined }));
    expect(shippingOptions.map(({ name, price }) => [name, price])).toEqual([
      ['Counter', 0],
      ['Parcel', 500],
      ['Express', 1_500],
    ]);
    expect(shipping?.name).toBe('Counter');
  });

  it('is free from a total after discounts on, and not offered when too heavy', () => {
    const dear = [line({ unitPrice: 10_500 })];
    expect(priceBasket(basket({ lines: dear })).pricing.shipping).toBe(0);
    const half = promotion({ value: 5_000 });
    expect(priceBasket(basket({ lines: dear, promotions: [half] })).pricing.shipping).toBe(500);
    const heavy = priceBasket(basket({ lines: [line({ weightGrams: 2_000 })] }));
    expect(heavy.shipping).toBeUndefined();
    expect(heavy.shippingOptions.map(({ name }) => name)).toEqual(['Counter', 'Express']);
  });

  it('lets a buyer who has not said where only pick up, and reaches nowhere it has no zone for', () => {
    expect(priceBasket(basket({ destination: {} })).shippingOptions.map(({ name }) => name)).toEqual(['Counter']);
    expect(priceBasket(basket({ destination: { country: 'FR' } })).shippingOptions).toEqual([]);
  });

  it('is one way and free for a company that has not said', () => {
    const { shipping, pricing } = priceBasket(
      basket({ settings: { ...settings, shippingZones: [] }, shippingMethod: undefined }),
    );
    expect(shipping).toMatchObject({ name: 'Standard', price: 0 });
    expect(pricing.shipping).toBe(0);
  });
});

describe('promotions', () => {
  it('split a discount over the lines to the cent', () => {
    const lines = [line({ unitPrice: 333 }), line({ unitPrice: 333 }), line({ unitPrice: 334 })];
    const priced = priceBasket(basket({ lines, promotions: [promotion({ kind: 'fixed', value: 100 })] }));
    expect(priced.lines.map(({ discount }) => discount)).toEqual([33, 33, 34]);
    expect(priced.coupons).toMatchObject([{ discount: 100 }]);
  });

  it('lower only their products and categories, and never below nothing', () => {
    const cup = line({ categoryIds: ['cups'], unitPrice: 400 });
    const priced = priceBasket(
      basket({ lines: [line(), cup], promotions: [promotion({ kind: 'fixed', value: 900, categoryIds: ['cups'] })] }),
    );
    expect(priced.lines.map(({ discount }) => discount)).toEqual([0, 400]);
  });

  it('are passed over below their minimum', () => {
    expect(priceBasket(basket({ promotions: [promotion({ minimumSubtotal: 1_001 })] })).coupons).toEqual([]);
  });

  it('stack, percentages first, or stand alone: whichever is better for the buyer', () => {
    const ten = promotion({ stackable: true });
    const fixed = promotion({ stackable: true, kind: 'fixed', value: 100 });
    expect(priceBasket(basket({ promotions: [fixed, ten] })).pricing.discount).toBe(200);
    const alone = promotion({ value: 2_100 });
    const priced = priceBasket(basket({ promotions: [fixed, ten, alone] }));
    expect(priced.coupons).toEqual([{ promotionId: alone._id, discount: 210 }]);
  });
});

describe('any basket', () => {
  const random = randomFrom(20_261_121);
  const pick = <Value>(values: readonly Value[]): Value => values[random(values.length)] as Value;

  const anyBasket = (): Basket => {
    const lines = Array.from({ length: 1 + random(8) }, () =>
      line({
        quantity: 1 + random(pick([1, 3, 500])),
        unitPrice: random(pick([1, 10, 1_000, 1_000_000])),
        weightGrams: random(3_000),
        taxClass: pick(['standard', 'food', 'unheard']),
        categoryIds: pick([[], ['cups'], ['cups', 'pots']]),
      }),
    );
    const promotions = Array.from({ length: random(5) }, () =>
      promotion({
        kind: pick(['percent', 'fixed'] as const),
        value: 1 + random(10_000),
        minimumSubtotal: random(2_000),
        categoryIds: pick([[], [], ['cups'], ['pots']]),
        stackable: random(2) === 0,
      }),
    );
    const destination = pick([{ country: 'US', state: 'NY' }, { country: 'US' }, { country: 'DE' }, {}]);
    return basket({
      lines,
      promotions,
      destination,
      settings: { ...settings, taxInclusive: random(2) === 0 },
      shippingMethod: undefined,
    });
  };

  it('has sums that agree to the minor unit, no negative amount, and an explanation of all of the total', () => {
    for (let run = 0; run < 500; run += 1) {
      const given = anyBasket();
      const { lines, pricing, coupons, explain } = priceBasket(given);
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      const shippingTax = pricing.tax - sum(lines.map(({ tax }) => tax));
      for (const { quantity, unitPrice, discount, tax, total } of lines) {
        expect(Math.min(discount, tax, total)).toBeGreaterThanOrEqual(0);
        expect(total).toBe(quantity * unitPrice - discount + (given.settings.taxInclusive ? 0 : tax));
      }
      expect(pricing.subtotal).toBe(sum(lines.map(({ quantity, unitPrice }) => quantity * unitPrice)));
      expect(pricing.discount).toBe(sum(lines.map(({ discount }) => discount)));
      expect(pricing.discount).toBe(sum(coupons.map(({ discount }) => discount)));
      expect(pricing.total).toBe(
        sum(lines.map(({ total }) => total)) + pricing.shipping + (given.settings.taxInclusive ? 0 : shippingTax),
      );
      expect(sum(explain.filter(({ included }) => !included).map(({ amount }) => amount))).toBe(pricing.total);
    }
  });
});
