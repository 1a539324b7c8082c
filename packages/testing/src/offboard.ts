import { companyDeleted } from '@souk/contracts';
import type { TestService } from './test-service.ts';

const DAY_MS = 24 * 3600_000;
const KIT_LOG = 'events';

/** How many documents a service holds of a company in the stores that its companies share, by store; empty ones are left out. */
export async function holdingsOf(app: TestService, companyId: string): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const store of app.running.runtime.service.stores) {
    const { company } = store.scope;
    if (company === undefined || store.name === KIT_LOG) continue;
    const count = await app.db(store).count({ [company]: companyId });
    if (count > 0) held[store.name] = count;
  }
  return held;
}

/** Tells a service that a company was deleted. */
export function deleteCompany(app: TestService, companyId: string): Promise<string> {
  const now = app.running.runtime.now().getTime();
  const [at, purgeAt] = [new Date(now).toISOString(), new Date(now + 30 * DAY_MS).toISOString()];
  return app.deliver(companyDeleted, { companyId, purgeAt, at });
}

/** Moves the clock past the purge of every company that was deleted so far, and lets it happen. */
export async function purgeCompanies(app: TestService): Promise<void> {
  app.advance(31 * DAY_MS);
  await app.runJob('purge-deleted-companies');
}
