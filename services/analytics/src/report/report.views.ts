import { currency, id, minorUnits } from '@souk/contracts';
import { z } from 'zod';

const count = z.int();

/** Money in minor units of the report's currency. */
export const figuresView = z.object({
  orders: count,
  units: count,
  gross: minorUnits,
  discount: minorUnits,
  tax: minorUnits,
  shipping: minorUnits,
  refunds: minorUnits,
  net: minorUnits,
  cancelled: count,
  averageOrder: minorUnits,
});

const span = { from: z.iso.datetime(), to: z.iso.datetime() };
export const described = { ...span, timezone: z.string(), currency };

const series = {
  total: figuresView,
  points: z.array(figuresView.extend({ start: z.iso.datetime(), local: z.string() })),
};

export const salesView = z.object({
  ...described,
  interval: z.string(),
  ...series,
  previous: z.object({ ...span, ...series }).optional(),
});

export const productView = z.object({
  productId: id,
  /** Null until the catalogue has told it. */
  name: z.string().nullable(),
  orders: count,
  units: count,
  revenue: minorUnits,
});

export const dashboardView = z.object({
  ...described,
  total: figuresView,
  previous: z.object({ ...span, total: figuresView }).optional(),
  today: figuresView,
  shops: z.array(figuresView.extend({ shopId: id })),
  bestSellers: z.array(productView),
});
