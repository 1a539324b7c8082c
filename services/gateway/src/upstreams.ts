import type { ServiceName } from '@souk/contracts';
import { defineResource, unavailable, upstreamTimeout } from '@souk/service-kit';
import { Pool } from 'undici';
import { config } from './config.ts';

const CONNECTIONS = 128;

/** Where requests for one service go. */
export interface Upstream {
  readonly pool: Pool;
  /** What stands before the service's own path. */
  readonly prefix: string;
  /** The `dapr-api-token` that is asked for there. */
  readonly token: string;
}

export interface Upstreams {
  of(service: ServiceName): Upstream;
  /** GETs a path of a service. Throws `unavailable` or `upstream_timeout` when nobody answers. */
  ask(service: ServiceName, path: string, timeoutMs: number): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
}

/** The ways to all services: through the sidecar, or directly for those that UPSTREAMS names. */
export const upstreams = defineResource<Upstreams>({
  name: 'upstreams',
  start: (runtime) => {
    const { DAPR_API_TOKEN, APP_API_TOKEN } = runtime.environment;
    const direct = Object.values(config.of(runtime).UPSTREAMS).map((origin) => new Pool(origin, { connections: CONNECTIONS }));
    const known = new Map<string, Upstream>();
    Object.keys(config.of(runtime).UPSTREAMS).forEach((service, index) => {
      const pool = direct[index];
      if (pool) known.set(service, { pool, prefix: '', token: APP_API_TOKEN });
    });
    const of = (service: ServiceName): Upstream => {
      const found = known.get(service) ?? {
        pool: runtime.sidecar.pool,
        prefix: `/v1.0/invoke/${service}/method`,
        token: DAPR_API_TOKEN,
      };
      known.set(service, found);
      return found;
    };
    return {
      of,
      ask: (service, path, timeoutMs) => ask(of(service), path, timeoutMs),
      close: async () => {
        await Promise.all(direct.map((pool) => pool.close()));
      },
    };
  },
  stop: (value) => value.close(),
});

async function ask(
  { pool, prefix, token }: Upstream,
  path: string,
  timeoutMs: number,
): Promise<{ status: number; text: string }> {
  // The signal bounds the whole question; the pool's own timeouts begin only once there is a connection.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: prefix + path,
      headers: { 'dapr-api-token': token },
      signal,
    });
    return { status: statusCode, text: await body.text() };
  } catch {
    if (signal.aborted) throw upstreamTimeout();
    throw unavailable();
  }
}
