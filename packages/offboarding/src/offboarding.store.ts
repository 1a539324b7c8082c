import type { Db, Scope, Tx } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A company that was deleted, as a service has to obey it. It stays: what comes late must find that the company is gone. */
export interface Offboarding {
  /** The company's id. */
  _id: string;
  /** Of the fact that told. */
  sequence: number;
  deletedAt: Date;
  /** When what is left of it goes; later, when that is looked for again. */
  purgeAt: Date;
  /** When it last was removed to the end. */
  purgedAt?: Date;
  /** When the service closes again what is open of it; absent where there is nothing to close, and once it is due to be purged. */
  closeAt?: Date;
}

const moment = { type: Date, required: true } as const;

export const offboardings = defineStore<Offboarding>({
  name: 'offboardings',
  schema: new Schema<Offboarding>({
    _id: String,
    sequence: { type: Number, required: true },
    deletedAt: moment,
    purgeAt: moment,
    purgedAt: Date,
    closeAt: Date,
  })
    .index({ purgeAt: 1 })
    .index({ closeAt: 1 }, { sparse: true }),
  scope: {},
});

const books = system('which companies are gone');

interface Reader {
  as(scope: Scope): Db;
}

/** Which of these companies were deleted, as far as this service has heard. */
export async function goneAmong(reader: Reader, companyIds: readonly string[]): Promise<Set<string>> {
  if (companyIds.length === 0) return new Set();
  const asked = { _id: { $in: [...new Set(companyIds)] } };
  const found = await reader
    .as(books)
    .in(offboardings)
    .find(asked, { fields: ['_id'] });
  return new Set(found.map(({ _id }) => _id));
}

/** Whether a company was deleted, as far as this service has heard. */
export const isGone = async (reader: Reader, companyId: string): Promise<boolean> =>
  (await goneAmong(reader, [companyId])).has(companyId);

/** Lets what was removed be looked for again, because it may have come back: figures that were built anew from all that ever happened. */
export async function purgeAgain(tx: Tx, now: Date): Promise<void> {
  await tx
    .as(books)
    .in(offboardings)
    .updateMany({ purgedAt: { $exists: true } }, { $set: { purgeAt: now } });
}
