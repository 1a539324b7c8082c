import type { ServiceName } from '@souk/contracts';
import { SERVICES } from '@souk/contracts';
import { defineResource } from '@souk/service-kit';
import { z } from 'zod';
import type { Upstreams } from './upstreams.ts';
import { upstreams } from './upstreams.ts';

const state = z.enum(['up', 'down']);
const TIMEOUT_MS = 2_000;
/** However many ask, services are asked at most this often. */
const SHARED_MS = 1_000;

/** What a service's `/ready` says. */
const readiness = z.looseObject({ status: z.string(), version: z.string().optional(), checks: z.record(z.string(), state) });

export interface Examined {
  status: z.infer<typeof state>;
  latencyMs: number;
  version?: string | undefined;
  checks: Record<string, z.infer<typeof state>>;
  /** Why it is down. */
  reason?: string;
}

export interface Health {
  services: Record<string, Examined>;
  database: 'up' | 'down' | 'unknown';
  broker: 'up' | 'down' | 'unknown';
}

export interface HealthBoard {
  /** How all stand: found now, or less than a second ago. */
  read(now: Date): Promise<Health>;
}

export const healthBoard = defineResource<HealthBoard>({
  name: 'health',
  start: (runtime) => {
    let last: { atMs: number; health: Promise<Health> } | undefined;
    return {
      read: (now) => {
        if (!last || Math.abs(now.getTime() - last.atMs) >= SHARED_MS)
          last = { atMs: now.getTime(), health: examineAll(upstreams.of(runtime)) };
        return last.health;
      },
    };
  },
});

async function examineAll(ways: Upstreams): Promise<Health> {
  const examined = await Promise.all(SERVICES.map(async (service) => [service, await examine(ways, service)] as const));
  const checks = examined.map(([, { checks }]) => checks);
  return {
    services: Object.fromEntries(examined),
    database: together(checks.map(({ database }) => database)),
    broker: together(checks.map(({ broker }) => broker)),
  };
}

async function examine(ways: Upstreams, service: ServiceName): Promise<Examined> {
  const startedMs = performance.now();
  const heard = await ways.ask(service, '/ready', TIMEOUT_MS).then(
    ({ text }) => readinessIn(text),
    (error: unknown) => ({ ready: undefined, reason: error instanceof Error ? error.message : String(error) }),
  );
  const latencyMs = Math.round(performance.now() - startedMs);
  const { ready, reason } = heard;
  if (!ready) return { status: 'down', latencyMs, checks: {}, reason };
  const { version, checks } = ready;
  if (ready.status === 'ready') return { status: 'up', latencyMs, version, checks };
  const down = Object.keys(checks).filter((name) => checks[name] === 'down');
  return { status: 'down', latencyMs, version, checks, reason: `not ready: ${down.join(', ')}` };
}

function readinessIn(text: string): { ready: z.infer<typeof readiness> | undefined; reason: string } {
  const parsed = z
    .string()
    .transform((json, ctx) => parseJson(json) ?? ctx.addIssue('no JSON'))
    .pipe(readiness)
    .safeParse(text);
  return { ready: parsed.data, reason: parsed.success ? '' : 'its sidecar answers, it does not' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Down where one says so: each sees the part over a connection of its own. */
function together(seen: readonly ('up' | 'down' | undefined)[]): 'up' | 'down' | 'unknown' {
  if (seen.includes('down')) return 'down';
  return seen.includes('up') ? 'up' : 'unknown';
}
