import type { Envelope } from '@souk/contracts';
import { envelope as envelopeSchema } from '@souk/contracts';
import { traceProcessing } from '@souk/tracing';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { AlreadySeen } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from '../mongo/database.ts';
import { system } from '../mongo/scope.ts';
import { isRefusal } from '../sidecar.ts';
import type { Subscription } from '../subscription.ts';
import type { Mark } from '../unit.ts';
import { seenEvents } from './inbox.ts';

/** After this many failures an event is set aside as a dead letter, so that it cannot hold up its queue for ever. */
const MOST_ATTEMPTS = 10;
const MOST_COUNTED = 10_000;

export type Status = 'SUCCESS' | 'RETRY';

/** What Dapr's bulk subscription posts. */
export const bulkDelivery = z.object({
  entries: z.array(z.object({ entryId: z.string(), event: z.unknown() })).max(10_000),
});

export interface DeliveryParts {
  service: string;
  subscriptions: readonly Subscription[];
  database: Database;
  metrics: Metrics;
  log: Logger;
  /** The context of one event; `mark` commits with the first transaction or batch made through it. */
  context(event: Envelope, mark: Mark | undefined): Context & { readonly markUsed: boolean };
  /** Sets an event aside with the reason. Throws when it could not. */
  deadLetter(event: unknown, reason: string): Promise<void>;
}

/** Works deliveries off: each event once, its effect and the memory of it in one transaction. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #once = new Map<string, Subscription>();
  readonly #every = new Map<string, Subscription[]>();
  readonly #attempts = new Map<string, number>();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    for (const subscription of parts.subscriptions) {
      const { type } = subscription.contract;
      if (subscription.replicas === 'every') this.#every.set(type, [...(this.#every.get(type) ?? []), subscription]);
      else if (this.#once.has(type)) throw new Error(`${parts.service} subscribes to ${type} twice`);
      else this.#once.set(type, subscription);
    }
  }

  /**
   * Works off one delivery of a durable queue. Facts of one subject go in their sequence, different subjects side by side. The answer
   * is never DROP: the sidecar would set another entry of a repeated batch aside; refused ones are dead-lettered here, with the reason.
   */
  async deliver(body: unknown): Promise<{ statuses: { entryId: string; status: Status }[] }> {
    const { entries } = bulkDelivery.parse(body);
    const parsed = entries.map(({ entryId, event }) => ({ entryId, raw: event, event: parseEnvelope(event) }));
    const seen = await this.#seenAmong(parsed.flatMap(({ event }) => (event ? [event.id] : [])));
    const bySubject = new Map<string, typeof parsed>();
    for (const entry of parsed) {
      const subject = entry.event?.subject ?? entry.entryId;
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), entry]);
    }
    const statuses = await Promise.all(
      [...bySubject.values()].map(async (group) => {
        group.sort((a, b) => (a.event?.sequence ?? 0) - (b.event?.sequence ?? 0));
        const done: { entryId: string; status: Status }[] = [];
        for (const { entryId, raw, event } of group) done.push({ entryId, status: await this.#one(raw, event, seen) });
        return done;
      }),
    );
    return { statuses: statuses.flat() };
  }

  /** Tells this replica of events; nothing is remembered and a failure is only logged. */
  async tell(body: unknown): Promise<{ statuses: { entryId: string; status: Status }[] }> {
    const { entries } = bulkDelivery.parse(body);
    for (const { event } of entries) {
      const parsed = parseEnvelope(event);
      for (const subscription of parsed ? (this.#every.get(parsed.type) ?? []) : [])
        if (parsed)
          await traceProcessing(parsed, (fail) =>
            subscription.run(parsed, this.#parts.context(parsed, undefined)).catch((error) => {
              fail(error);
              this.#failed(parsed, error);
            }),
          );
    }
    return { statuses: entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' })) };
  }

  /** Applies one fact that the sweep or a replay has fetched. True when it had an effect that was missing. */
  async apply(event: Envelope): Promise<boolean> {
    const seen = await this.#seenAmong([event.id]);
    if (seen.has(event.id)) return false;
    const status = await this.#one(event, event, seen);
    if (status === 'RETRY') throw new Error(`${event.type} ${event.id} could not be applied`);
    return true;
  }

  async #one(raw: unknown, event: Envelope | undefined, seen: ReadonlySet<string>): Promise<Status> {
    if (!event) return this.#setAside(raw, 'the envelope is not a CloudEvent of ours', undefined);
    const subscription = this.#once.get(event.type);
    if (!subscription || seen.has(event.id)) {
      this.#count(event, subscription ? 'duplicate' : 'ignored');
      return 'SUCCESS';
    }
    const data = subscription.contract.schema.safeParse(event.data);
    if (!data.success) return this.#setAside(event, `data: ${z.prettifyError(data.error)}`, event);
    const checked = { ...event, data: data.data };
    return traceProcessing(event, (fail) => this.#run(subscription, checked, fail));
  }

  async #run(subscription: Subscription, event: Envelope, fail: (error: unknown) => void): Promise<Status> {
    const { database, metrics } = this.#parts;
    const mark: Mark = { seen: { _id: event.id, producer: event.source, position: event.position } };
    const ctx = this.#parts.context(event, mark);
    try {
      if (!isTooOld(subscription, event, ctx.now())) await subscription.run(event, ctx);
      // What had no effect is remembered with the effects of others.
      if (!ctx.markUsed) await ctx.transaction(async () => null);
      this.#attempts.delete(event.id);
      metrics.eventLag.observe({ type: event.type }, Math.max(0, (ctx.now().getTime() - Date.parse(event.time)) / 1000));
      this.#count(event, 'done');
      return 'SUCCESS';
    } catch (error) {
      if (
        error instanceof AlreadySeen ||
        (database.driver.isDuplicate(error) && (await this.#seenAmong([event.id])).has(event.id))
      ) {
        this.#count(event, 'duplicate');
        return 'SUCCESS';
      }
      fail(error);
      if (isRefusal(error)) return this.#setAside(event, `${error.code}: ${error.message}`, event);
      const attempts = this.#attempt(event.id);
      if (attempts >= MOST_ATTEMPTS) return this.#setAside(event, `failed ${attempts} times: ${String(error)}`, event);
      this.#failed(event, error);
      return 'RETRY';
    }
  }

  async #setAside(raw: unknown, reason: string, event: Envelope | undefined): Promise<Status> {
    try {
      await this.#parts.deadLetter(raw, reason);
      if (event) {
        await this.#remember(event, new Date());
        this.#attempts.delete(event.id);
        this.#count(event, 'dead_lettered');
      }
      this.#parts.log.error({ eventId: event?.id, type: event?.type, reason }, 'an event was set aside as a dead letter');
      return 'SUCCESS';
    } catch (error) {
      if (this.#parts.database.driver.isDuplicate(error)) return 'SUCCESS';
      this.#parts.log.warn({ err: error }, 'a dead letter could not be set aside yet');
      return 'RETRY';
    }
  }

  async #remember(event: Envelope, at: Date): Promise<void> {
    const seen = { _id: event.id, producer: event.source, position: event.position, at, setAside: true as const };
    await this.#parts.database.in(seenEvents, system('the inbox')).insertOne(seen);
  }

  async #seenAmong(ids: string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const found = await this.#parts.database.in(seenEvents, system('the inbox')).find({ _id: { $in: ids } }, { fields: ['_id'] });
    return new Set(found.map((event) => event._id));
  }

  #attempt(id: string): number {
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    if (this.#attempts.size >= MOST_COUNTED) this.#attempts.clear();
    this.#attempts.set(id, attempts);
    return attempts;
  }

  #count(event: Envelope, outcome: string): void {
    this.#parts.metrics.events.inc({ type: this.#once.has(event.type) ? event.type : 'other', outcome });
  }

  #failed(event: Envelope, error: unknown): void {
    this.#parts.log.warn({ err: error, eventId: event.id, type: event.type }, 'an event failed and will come again');
    this.#count(event, 'retried');
  }
}

/** The envelope in a delivery; undefined when it is none, which must not fail the rest of its batch. */
function parseEnvelope(event: unknown): Envelope | undefined {
  try {
    return envelopeSchema.safeParse(typeof event === 'string' ? JSON.parse(event) : event).data;
  } catch {
    return undefined;
  }
}

function isTooOld(subscription: Subscription, event: Envelope, now: Date): boolean {
  const { maxAgeMs } = subscription;
  return maxAgeMs !== undefined && (event.replay === true || now.getTime() - Date.parse(event.time) > maxAgeMs);
}
