import { z } from 'zod';
import type { Gateway } from './gateway.ts';
import { signatureHeader, signBody } from './signature.ts';
import { takeSwitch } from './switches.ts';
import { findWebhookUrl } from './webhook.ts';

const firstRetryMs = 200;
const longestRetryMs = 30_000;
const givenUpAfterMs = 3 * 24 * 60 * 60 * 1000;
const attemptTimeoutMs = 10_000;
const inFlightAtMost = 16;
/** setTimeout cannot wait longer than 2^31 ms; the loop looks again after a minute at the latest. */
const longestSleepMs = 60_000;

const dueEvent = z.object({ id: z.string(), body: z.string(), attempts: z.int(), createdAtMs: z.int() });
type DueEvent = z.infer<typeof dueEvent>;

export interface Target {
  secret: string;
  fallbackUrl: string | null;
}

/** The background delivery of the events in the book, several at a time and so in no promised order. */
export interface Deliveries {
  /** Looks for due events soon; called after each commit and at each change of the address. */
  wake(): void;
  /** Cuts what is in flight (it stays pending in the book) and resolves when the book is no longer used. */
  stop(): Promise<void>;
}

/** How long to wait after so many failed attempts: 200 ms, doubling, at most 30 s. */
export function retryDelayMs(failedAttempts: number): number {
  return Math.min(firstRetryMs * 2 ** (failedAttempts - 1), longestRetryMs);
}

function settle(gateway: Gateway, id: string, status: 'delivered' | 'dropped' | 'expired'): void {
  gateway.book.write('UPDATE events SET status = :status WHERE id = :id', { id, status });
}

function postpone(gateway: Gateway, { id, attempts }: DueEvent): void {
  const nextAttemptAtMs = gateway.now() + retryDelayMs(attempts + 1);
  const sql = 'UPDATE events SET attempts = attempts + 1, nextAttemptAtMs = :nextAttemptAtMs WHERE id = :id';
  gateway.book.write(sql, { id, nextAttemptAtMs });
}

/** The due events that nobody delivers yet, as many as may be in flight beside those that are. */
function listDue(gateway: Gateway, now: number, inFlight: ReadonlyMap<string, unknown>): DueEvent[] {
  const sql = `SELECT id, body, attempts, createdAtMs FROM events
    WHERE status = 'pending' AND nextAttemptAtMs <= :now ORDER BY nextAttemptAtMs, sequence LIMIT :limit`;
  const due = gateway.book.list(sql, { now, limit: inFlightAtMost }).filter(({ id }) => !inFlight.has(String(id)));
  return due.slice(0, inFlightAtMost - inFlight.size).map((row) => dueEvent.parse(row));
}

function msUntilNext(gateway: Gateway, now: number): number | null {
  const sql = `SELECT min(nextAttemptAtMs) AS next FROM events WHERE status = 'pending' AND nextAttemptAtMs > :now`;
  const next = z
    .int()
    .nullable()
    .parse(gateway.book.find(sql, { now })?.next ?? null);
  return next === null ? null : next - now;
}

async function post(url: string, init: { body: string; signature: string; signal: AbortSignal }): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [signatureHeader]: init.signature },
      body: init.body,
      redirect: 'manual',
      signal: AbortSignal.any([init.signal, AbortSignal.timeout(attemptTimeoutMs)]),
    });
    // Reading the answer to its end keeps the connection for the next delivery.
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Refused, timed out or cut: all mean that the event is not known to have arrived, so it is sent again.
    return false;
  }
}

/** Starts delivering what the book holds, what a previous process left in it included. */
export function startDeliveries(gateway: Gateway, target: Target): Deliveries {
  const inFlight = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function deliver(event: DueEvent, url: string): Promise<void> {
    if (event.createdAtMs + givenUpAfterMs < gateway.now()) return settle(gateway, event.id, 'expired');
    if (takeSwitch(gateway.switches, 'dropWebhooks')) return settle(gateway, event.id, 'dropped');
    const send = () =>
      post(url, { body: event.body, signature: signBody(event.body, target.secret, gateway.now()), signal: stopping.signal });
    const arrived = await send();
    if (arrived && gateway.switches.duplicateWebhooks) await send();
    if (arrived) settle(gateway, event.id, 'delivered');
    else if (!stopping.signal.aborted) postpone(gateway, event);
  }

  function pump(): void {
    clearTimeout(timer);
    // Whatever ends makes room, and looks again.
    if (stopping.signal.aborted || inFlight.size === inFlightAtMost) return;
    const url = findWebhookUrl(gateway, target.fallbackUrl);
    if (url === null) return;
    // One reading of the clock for both questions: an event that falls due between two would be neither due nor waited for.
    const now = gateway.now();
    for (const event of listDue(gateway, now, inFlight)) {
      const ended = deliver(event, url).finally(() => {
        inFlight.delete(event.id);
        pump();
      });
      inFlight.set(event.id, ended);
    }
    const sleepMs = msUntilNext(gateway, now);
    if (sleepMs !== null) timer = setTimeout(pump, Math.min(sleepMs, longestSleepMs));
  }

  pump();
  return {
    wake: () => void setImmediate(pump),
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await Promise.all(inFlight.values());
    },
  };
}
