import { companySettings, orderLine, orderPricing } from '@souk/contracts';
import { sampleOf } from '../bad-input/sample.ts';
import { idOf } from './ids.ts';
import type { Place } from './seeds.ts';

export type Maker = (place: Place) => unknown;
export type Makers = Readonly<Record<string, Maker>>;

const HOUR_MS = 3_600_000;
const HUNDRED = 100;

const always = (value: unknown) => () => value;
const nothing = always(undefined);
const none = always([]);
const one =
  (...values: unknown[]) =>
  ({ number }: Place) =>
    values[mixed(number) % values.length];
const company: Maker = ({ companyId }) => companyId;
const person: Maker = ({ personId }) => personId;
const itsId: Maker = ({ number }) => idOf(number);
const number: Maker = (place) => place.number + 1;
/** Has not come yet, so that no job of the service touches what was seeded. */
const later: Maker = (place) => new Date(place.now + HOUR_MS * 24 + place.number * 1_000);
const lately: Maker = (place) => new Date(place.now - place.number * 10_000);
/** What requests name has the text that sample requests use. */
const named =
  (first: string, rest: string): Maker =>
  ({ number }) =>
    number === 0 ? first : `${rest}-${number}`;

/** Spreads numbers, so that a field's values do not go together with the tenant's. */
export const mixed = (value: number): number => Math.imul(value ^ 0x9e3779b9, 0x85ebca6b) >>> 16;

/** What a field of a name means in every store. */
export const BY_NAME: Makers = {
  companyId: company,
  creditorId: company,
  chain: company,
  shopId: ({ shopId }) => shopId,
  shopIds: ({ shopId }) => [shopId],
  customerId: person,
  userId: person,
  debtorId: person,
  actorId: person,
  ownerId: person,
  managerId: person,
  staffIds: ({ personId }) => [personId],
  currency: always('EUR'),
  timezone: always('Europe/Berlin'),
  country: always('DE'),
  locale: always('en'),
  email: ({ number }) => (number === 0 ? 'someone@example.com' : `person-${number}@example.com`),
  sid: itsId,
  warehouseIds: ({ number }) => [idOf(number)],
  website: always('https://souk.example'),
  logo: always('https://souk.example/logo.png'),
  primaryColor: always('#a0b1c2'),
  secondaryColor: always('#a0b1c2'),
  accentColor: always('#a0b1c2'),
  state: always('BE'),
  source: always('/services/sales'),
  producer: always('sales'),
  actorRole: always('customer'),
  lat: ({ number }) => (mixed(number) % (180 * HUNDRED)) / HUNDRED - 90,
  lng: ({ number }) => (mixed(number) % (360 * HUNDRED)) / HUNDRED - 180,
  sku: named('tea', 'sku'),
  slug: named('tea', 'slug'),
  isActive: ({ number }) => number === 0 || mixed(number) % 8 !== 0,
  version: always(1),
  ver: always(1),
  revision: always(1),
  generation: always(1),
  sequence: number,
  position: number,
  expiresAt: later,
  until: later,
  holdUntil: later,
  leaseUntil: later,
  nextDeadlineAt: later,
  nextCheckAt: later,
  nextStepAt: later,
  dueAt: later,
  purgeAt: later,
  closeAt: later,
  // What waits to be sent would be sent.
  unsent: nothing,
};

const settings = sampleOf(companySettings);

/** What a store says otherwise, or what its schema leaves open. */
export const BY_STORE: Readonly<Record<string, Makers>> = {
  'salesdb.orders': {
    source: one('checkout', 'pos', 'import'),
    lines: always([sampleOf(orderLine)]),
    pricing: always(sampleOf(orderPricing)),
    coupons: none,
    paymentMethod: always('sandbox'),
    shippingAddress: nothing,
    shippingKind: one('delivery', 'pickup'),
    status: one('confirmed', 'pending', 'shipped', 'completed', 'cancelled'),
    phase: always('done'),
    paymentStatus: always('paid'),
    cancelAsked: nothing,
    cancelReason: nothing,
    shipments: none,
    timeline: (place) => [{ step: 'created', at: lately(place), cause: 'checkout' }],
    warehouseIds: ({ shopId }) => [shopId],
  },
  'salesdb.company_settings': { settings: always(settings) },
  // Unique, where people and companies come again and again: only the first is what requests name.
  'salesdb.customers': {
    personKey: ({ number, companyId, personId }) => (number === 0 ? `${companyId}:${personId}` : `person-${number}`),
  },
  'ecommercedb.companies': { settings: always(settings) },
  'companydb.companies': { settings: always({ ...(settings as object), taxNumber: null }), name: named('tea', 'company') },
  'ecommercedb.categories': { parentId: nothing, ancestorIds: none },
  'paymentdb.payments': {
    gateway: always('sandbox'),
    discarded: none,
    refunds: none,
    dispute: nothing,
    cancel: nothing,
    'intent.status': always('authorised'),
  },
  'paymentdb.ledger': { cause: one('capture', 'refund') },
  'analyticsdb.rebuilds': { status: always('done') },
  'auditdb.entries': { data: always({}) },
  'auditdb.dead_letters': { event: always({}) },
  'inventorydb.movements': { cause: (place) => ({ type: 'receipt', id: itsId(place) }) },
  'shopdb.shops': {
    operatingHours: none,
    holidays: none,
    setAside: (place) => [{ warehouseId: itsId(place), basisPoints: 1 }],
  },
  // Room for what requests add: a plan that refuses them would hide what comes after.
  'shopdb.plan_limits': { most: always(1_000_000) },
  'authdb.plan_limits': { most: always(1_000_000) },
  'ecommercedb.plan_limits': { most: always(1_000_000) },
};
