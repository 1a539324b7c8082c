import type { Runtime } from './runtime.ts';

export interface Readiness {
  status: 'ready' | 'not_ready';
  service: string;
  version: string;
  checks: Record<'database' | 'sidecar' | 'broker' | 'sessions', 'up' | 'down'>;
}

/**
 * Whether the service can do its work: its database and sidecar answer, and auth has told once since the start which sessions ended. Auth's
 * silence after that does not take it out of rotation, nor does the broker's: what is logged meanwhile is published later.
 */
export async function readinessOf(runtime: Runtime): Promise<Readiness> {
  const [database, sidecar] = await Promise.all([
    runtime.database.driver.ping().then(
      () => true,
      () => false,
    ),
    runtime.sidecar.isReady(),
  ]);
  const word = (isUp: boolean) => (isUp ? 'up' : 'down');
  return {
    status: database && sidecar && runtime.revocations.hasAnswered ? 'ready' : 'not_ready',
    service: runtime.service.name,
    version: runtime.environment.SOUK_VERSION,
    checks: {
      database: word(database),
      sidecar: word(sidecar),
      broker: word(!runtime.relay.isFailing),
      sessions: word(runtime.revocations.isFresh),
    },
  };
}
