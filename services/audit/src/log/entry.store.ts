import type { Change } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** One thing that happened. Written once, in its chain; never updated, never deleted. `_id` is the event's id. */
export interface Entry {
  _id: string;
  /** A company's id, or `platform`. */
  chain: string;
  companyId?: string;
  /** 1 for the first of its chain, without gaps. */
  seq: number;
  prevHash: string;
  hash: string;
  type: string;
  action: string;
  resourceType: string;
  resourceId: string;
  actorId?: string;
  actorRole?: string;
  sessionId?: string;
  requestId?: string;
  at: Date;
  changes?: Change[];
  data: unknown;
  /** Who told, and where it stands in the teller's log. */
  source: string;
  position: number;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };

/**
 * The indexes ascend though lists descend, which read them backwards: an early database we run on loses documents at an inclusive
 * bound at the far end of a compound index, and spans that include their beginning only never meet that in ascending ones.
 */
export const entries = defineStore<Entry>({
  name: 'entries',
  schema: new Schema<Entry>({
    _id: String,
    chain: text,
    companyId: String,
    seq: number,
    prevHash: text,
    hash: text,
    type: text,
    action: text,
    resourceType: text,
    resourceId: text,
    actorId: String,
    actorRole: String,
    sessionId: String,
    requestId: String,
    at: { type: Date, required: true },
    changes: { type: [Schema.Types.Mixed], default: undefined },
    data: Schema.Types.Mixed,
    source: text,
    position: number,
  })
    .index({ chain: 1, seq: 1 }, { unique: true })
    .index({ at: 1, _id: 1 })
    .index({ companyId: 1, at: 1, _id: 1 })
    .index({ type: 1, at: 1, _id: 1 })
    .index({ companyId: 1, type: 1, at: 1, _id: 1 })
    .index({ actorId: 1, at: 1, _id: 1 })
    .index({ resourceId: 1, at: 1, _id: 1 }),
  scope: { company: 'companyId' },
});

/** The newest place of a chain; `seq` only grows, so it is its version too. */
export interface ChainHead {
  _id: string;
  companyId?: string;
  seq: number;
  hash: string;
}

export const chainHeads = defineStore<ChainHead>({
  name: 'chain_heads',
  schema: new Schema<ChainHead>({ _id: String, companyId: String, seq: number, hash: text }),
  scope: { company: 'companyId' },
});
