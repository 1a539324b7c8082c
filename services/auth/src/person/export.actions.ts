import { Readable } from 'node:stream';
import type { ServiceName } from '@souk/contracts';
import { PERSONAL_DATA_HOLDERS, personalDataOf } from '@souk/contracts';
import type { PersonalData } from '@souk/personal-data';
import { personalIn } from '@souk/personal-data';
import type { Context } from '@souk/service-kit';
import { Zip, ZipDeflate } from 'fflate';
import { addresses } from '../address/address.store.ts';
import { identities } from '../oidc/identity.store.ts';
import { sessions } from '../session/session.store.ts';
import { users } from '../user/user.store.ts';

const own: readonly PersonalData[] = [
  personalIn(users, { by: '_id', hidden: ['passwordHash', 'tokensFrom'] }),
  personalIn(addresses, { by: 'userId' }),
  personalIn(sessions, { by: 'userId' }),
  personalIn(identities, { by: 'userId' }),
];

type Item = { of: string; document: object };

async function* ownItems(ctx: Context, userId: string): AsyncGenerator<Item> {
  for (const kind of own)
    for (let cursor: string | undefined, more = true; more; ) {
      const { data, nextCursor } = await kind.read(ctx, { userId, cursor });
      for (const document of data) yield { of: kind.name, document };
      cursor = nextCursor ?? undefined;
      more = cursor !== undefined;
    }
}

async function* itemsOf(service: ServiceName, userId: string, ctx: Context): AsyncGenerator<Item> {
  const call = personalDataOf(service);
  for (let cursor: string | undefined, more = true; more; ) {
    const { items, next } = await ctx.invoke(call, {
      params: { id: userId },
      query: { ...(cursor !== undefined && { cursor }) },
    });
    yield* items;
    cursor = next;
    more = next !== undefined;
  }
}

/**
 * All that any service holds of a person, as a ZIP with one file a service, in which each line is a JSON document with its kind. It is
 * read and packed while it is sent. Throws when a service cannot be asked; one that goes away later leaves an archive that does not open.
 */
export async function exportPerson(userId: string, ctx: Context): Promise<Readable> {
  const files: [string, AsyncGenerator<Item>][] = [
    ['auth', ownItems(ctx, userId)],
    ...PERSONAL_DATA_HOLDERS.map((service): [string, AsyncGenerator<Item>] => [service, itemsOf(service, userId, ctx)]),
  ];
  // The first of each before any byte is sent: from then on there is no other answer to give.
  const begun = await Promise.all(files.map(async ([service, items]) => ({ service, first: await items.next(), items })));
  return Readable.from(packed(begun, ctx.now()), { objectMode: false });
}

interface BegunFile {
  service: string;
  first: IteratorResult<Item>;
  items: AsyncGenerator<Item>;
}

async function* all({ first, items }: BegunFile): AsyncGenerator<Item> {
  if (first.done) return;
  yield first.value;
  yield* items;
}

async function* packed(files: readonly BegunFile[], at: Date): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for (const begun of files) {
    const file = new ZipDeflate(`${begun.service}.ndjson`);
    file.mtime = at;
    archive.add(file);
    for await (const { of, document } of all(begun)) {
      file.push(Buffer.from(`${JSON.stringify({ of, ...document })}\n`));
      yield* ready.splice(0);
    }
    file.push(new Uint8Array(), true);
  }
  archive.end();
  yield* ready;
}
