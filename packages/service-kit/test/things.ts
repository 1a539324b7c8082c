import { defineEvent } from '@souk/contracts';
import mongoose from 'mongoose';
import { z } from 'zod';
import type { ServiceDefinition } from '../src/index.ts';
import { defineConfig, defineService, defineStore, newId } from '../src/index.ts';

/** What the kit's tests keep. */
export interface Thing {
  _id: string;
  companyId: string;
  shopId?: string;
  customerId?: string;
  status: string;
  name: string;
  count: number;
}

export const things = defineStore<Thing>({
  name: 'things',
  schema: new mongoose.Schema<Thing>({
    _id: String,
    companyId: { type: String, required: true },
    shopId: String,
    customerId: String,
    status: String,
    name: String,
    count: Number,
  }).index({ name: 1 }, { unique: true }),
  scope: { company: 'companyId', shops: 'shopId', own: 'customerId', public: { status: 'active' } },
  joins: ['places'],
});

/** A thing of company `c1`; what a test says of it, and the rest made up. */
export function thing(said: Partial<Thing> = {}): Thing {
  const _id = said._id ?? newId();
  return { _id, companyId: 'c1', status: 'active', name: said.name ?? _id, count: 0, ...said };
}

export const thingMade = defineEvent({
  type: 'order.processing',
  producer: 'sales',
  when: 'A thing was made.',
  schema: z.object({ name: z.string() }),
  example: { name: 'first' },
});

export const thingSeen = defineEvent({
  type: 'product.viewed',
  producer: 'sales',
  kind: 'signal',
  when: 'Somebody looked at a thing.',
  schema: z.object({ name: z.string() }),
  example: { name: 'first' },
});

export const origin = { requestId: 'r1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };

/** A service that keeps things, with whatever else a test declares. */
export function thingService(declaration: Partial<Parameters<typeof defineService>[0]> = {}): ServiceDefinition {
  return defineService({
    name: 'sales',
    purpose: 'Keeps things, to try the kit.',
    port: 8005,
    config: defineConfig({}),
    endpoints: [],
    stores: [things],
    publishes: [thingMade, thingSeen],
    ...declaration,
  });
}
