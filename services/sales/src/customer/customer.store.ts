import type { CustomerSegment } from '@souk/contracts';
import { customerSegment } from '@souk/contracts';
import type { Db, Page, PageQuery } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** One company's view of a user: what staff wrote, and what the person's orders say. Name and address are auth's and never here. */
export interface Customer {
  _id: string;
  companyId: string;
  /** The user's id. */
  customerId: string;
  /** Company and user: unique. A deleted profile keeps it until a later order makes the profile anew. */
  personKey: string;
  /** Where the person has ordered. */
  shopIds: string[];
  source: 'order' | 'checkout' | 'registration';
  segment: CustomerSegment;
  /** `staff`: set by hand, so that it stays whatever is spent. */
  segmentBy: 'spend' | 'staff';
  /** What the orders of the last twelve months cost, less what was given back; minor units of the company's currency. */
  spent: number;
  notes: string;
  tags: string[];
  /** False once staff deleted it, since `updatedAt`. */
  isActive: boolean;
  /** When the spending is looked at again though nothing happened; absent while there is none. */
  nextCheckAt?: Date;
  /** Written with every look at the spending, so that two looks at the same time conflict instead of one writing what it saw earlier. */
  judgedAt: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const required = { type: String, required: true } as const;
const moment = { type: Date, required: true } as const;

const schema = new Schema<Customer>({
  _id: String,
  companyId: required,
  customerId: required,
  personKey: required,
  shopIds: { type: [String], required: true },
  source: { ...required, enum: ['order', 'checkout', 'registration'] },
  segment: { ...required, enum: customerSegment.options },
  segmentBy: { ...required, enum: ['spend', 'staff'] },
  spent: { type: Number, required: true },
  notes: { type: String, default: '' },
  tags: { type: [String], required: true },
  isActive: { type: Boolean, required: true },
  nextCheckAt: Date,
  judgedAt: moment,
  version: { type: Number, required: true },
  createdAt: moment,
  updatedAt: moment,
})
  .index({ personKey: 1 }, { unique: true })
  .index({ createdAt: -1, _id: -1 })
  .index({ segment: 1, createdAt: -1, _id: -1 })
  .index({ tags: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, segment: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, tags: 1, createdAt: -1, _id: -1 })
  .index({ shopIds: 1, createdAt: -1, _id: -1 })
  .index({ shopIds: 1, segment: 1, createdAt: -1, _id: -1 })
  .index({ customerId: 1, createdAt: -1, _id: -1 })
  .index({ nextCheckAt: 1 }, { sparse: true });

export const customers = defineStore<Customer>({
  name: 'customers',
  schema,
  scope: { company: 'companyId', shops: 'shopIds', own: 'customerId' },
});

export const personKeyOf = ({ companyId, customerId }: Pick<Customer, 'companyId' | 'customerId'>): string =>
  `${companyId}:${customerId}`;

/** A profile by its id; those that were deleted are nobody's. */
export const findCustomer = (db: Db, profileId: string): Promise<Customer | null> =>
  db.in(customers).findOne({ _id: profileId, isActive: true });

/** The profile of a user at a company, deleted or not. */
export const findProfile = (db: Db, person: Pick<Customer, 'companyId' | 'customerId'>): Promise<Customer | null> =>
  db.in(customers).findOne({ personKey: personKeyOf(person) });

export interface CustomerFilter {
  segment?: CustomerSegment | undefined;
  tag?: string | undefined;
  customerId?: string | undefined;
}

/** Newest first. */
export function listCustomers(db: Db, { tag, ...filter }: CustomerFilter, page: PageQuery): Promise<Page<Customer>> {
  const named = Object.entries({ ...filter, tags: tag }).filter(([, value]) => value !== undefined);
  return db.in(customers).page({ isActive: true, ...Object.fromEntries(named) }, { createdAt: -1, _id: -1 }, page);
}

/** Profiles whose spending is to be looked at again, the most overdue first. */
export const findDueCustomers = (db: Db, now: Date, limit: number): Promise<Customer[]> =>
  db.in(customers).find({ nextCheckAt: { $lte: now } }, { sort: { nextCheckAt: 1 }, limit });
