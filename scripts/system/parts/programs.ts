import type { Say } from '../ways.ts';
import { findDefinitions } from './crds.ts';
import { findDaprd } from './daprd.ts';
import { findDatabase } from './database.ts';
import { findChartPrograms } from './kubernetes.ts';
import { findPrometheus } from './prometheus.ts';
import { findRabbit } from './rabbitmq.ts';
import { findSchemathesis } from './schemathesis.ts';
import { findSentry } from './sentry.ts';

/**
 * Sees to it that the programs of all parts are on this machine; what must be built takes minutes, once. Throws PartMissing for the
 * first that cannot be had, after what was begun for the others has come to its end.
 */
export async function providePrograms(say: Say): Promise<void> {
  const { MONGODB_URI, RABBITMQ_URL } = process.env;
  const ends = await Promise.allSettled([
    findDaprd(say),
    MONGODB_URI ? undefined : findDatabase(say),
    RABBITMQ_URL ? undefined : findRabbit(say),
  ]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  // After the others: two builds at once and two installations at once get into each other's way.
  await findChartPrograms(say);
  await findPrometheus(say);
  await findSentry(say);
  await findSchemathesis(say);
  findDefinitions();
}
