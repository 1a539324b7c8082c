import type { TestService } from '@souk/testing';
import { service } from '../src/service.ts';

/** Everything that the service has stored, as text. */
export async function everythingStored(auth: TestService): Promise<string> {
  const all = await Promise.all(service.stores.map((store) => auth.db(store).find({})));
  return JSON.stringify(all);
}
