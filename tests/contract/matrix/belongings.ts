import { createHash } from 'node:crypto';
import type { TestService } from '@souk/testing';
import { SAMPLE_ID } from '../bad-input/sample.ts';
import { connectionOf } from '../explain/recording.ts';

const LOOKING = { comment: 'system: a test looks' };
const OWNERS = ['_id', 'companyId', 'shopId', 'customerId', 'userId', 'debtorId'];

/** What belongs to the owner of all that is seeded: by store, how many documents, and a digest of all that is in them. */
export async function belongings(app: TestService, stores: readonly string[]): Promise<Record<string, string>> {
  const connection = connectionOf(app);
  const db = connection.getClient().db(connection.name);
  const theirs = { $or: OWNERS.map((field) => ({ [field]: SAMPLE_ID })) };
  const held = await Promise.all(
    stores.map(async (store) => {
      const documents = await db.collection(store).find(theirs, LOOKING).sort({ _id: 1 }).toArray();
      return [store, `${documents.length} documents, ${createHash('sha256').update(JSON.stringify(documents)).digest('hex')}`];
    }),
  );
  return Object.fromEntries(held);
}
