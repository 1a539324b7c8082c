import type { ServiceName } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** How far a producer's log was replayed. */
export interface Progress {
  producer: ServiceName;
  position: number;
  /** Facts that were read. */
  facts: number;
}

export interface Rebuild {
  _id: string;
  status: 'running' | 'done';
  generation: number;
  startedAt: Date;
  startedBy: string;
  finishedAt?: Date;
  progress: Progress[];
}

const text = { type: String, required: true };
const number = { type: Number, required: true };

export const rebuilds = defineStore<Rebuild>({
  name: 'rebuilds',
  schema: new Schema<Rebuild>({
    _id: String,
    status: text,
    generation: number,
    startedAt: { type: Date, required: true },
    startedBy: text,
    finishedAt: Date,
    progress: [new Schema<Progress>({ producer: text, position: number, facts: number }, { _id: false })],
  }).index({ status: 1 }),
  scope: {},
});
