import { createHash } from 'node:crypto';
import type { TestService } from '@souk/testing';
import { connectionOf } from '../explain/recording.ts';

/** Collections that a service writes by itself, whoever asks or does not ask. */
const BY_ITSELF = new Set(['leases', 'sweep_cursors', 'subscription_starts', 'migrations', 'open_sessions']);

/** What each collection of a service holds: how many documents, and a digest of all that is in them. */
export async function contentsOf(app: TestService): Promise<Record<string, string>> {
  const connection = connectionOf(app);
  const db = connection.getClient().db(connection.name);
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const held = await Promise.all(
    names
      .filter((name) => !BY_ITSELF.has(name))
      .map(async (name) => {
        const documents = await db.collection(name).find({}, { comment: 'system: a test looks' }).sort({ _id: 1 }).toArray();
        const digest = createHash('sha256').update(JSON.stringify(documents)).digest('hex');
        return [name, `${documents.length} documents, ${digest}`] as const;
      }),
  );
  return Object.fromEntries(held.sort(([a], [b]) => a.localeCompare(b)));
}
