import type { Db } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Which figures are shown, and which are being built beside them. There is one document, or none before the first rebuild. */
export interface Generations {
  _id: string;
  live: number;
  building: number | null;
  /** When `live` last changed: who was reading the one before has long finished a minute later. */
  since: Date;
}

export const GENERATIONS = 'figures';

export const generations = defineStore<Generations>({
  name: 'generations',
  schema: new Schema<Generations>({
    _id: String,
    live: { type: Number, required: true },
    building: { type: Number, default: null },
    since: { type: Date, required: true },
  }),
  scope: {},
});

/** The generations that stand. `db` must be in the scope of the system. */
export async function readGenerations(db: Db): Promise<Generations> {
  const found = await db.in(generations).findOne({ _id: GENERATIONS });
  return found ?? { _id: GENERATIONS, live: 1, building: null, since: new Date(0) };
}
