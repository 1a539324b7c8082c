import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import type { Database } from '../src/index.ts';
import { backgroundContext, defineStore, newId, system } from '../src/index.ts';
import type { Migration } from '../src/migrations.ts';
import { migrate, migrationsDone } from '../src/migrations.ts';
import { thingService } from './things.ts';
import { empty } from './world.ts';

/** A document as three releases know it: `label` became `title` by way of a release that has both. */
interface Page {
  _id: string;
  label?: string;
  title?: string;
}

const pages = defineStore<Page>({
  name: 'pages',
  schema: new mongoose.Schema<Page>({ _id: String, label: String, title: String }),
  scope: {},
});

const all = (database: Database) => database.in(pages, system('a migration'));

/** The first release after the change writes both fields and fills the new one; older replicas go on reading `label`. */
const expand: Migration = {
  version: 1,
  name: 'pages have a title',
  run: async (database) => {
    await all(database).updateMany({ title: { $exists: false } }, [{ $set: { title: '$label' } }]);
  },
};

/** The next release, when no replica reads `label` any more. */
const contract: Migration = {
  version: 2,
  name: 'pages have no label',
  run: async (database) => {
    await all(database).updateMany({ label: { $exists: true } }, { $unset: { label: '' } });
  },
};

describe('an older document', () => {
  let service: TestService;
  const _id = newId();
  const migrateTo = (...migrations: Migration[]) => {
    const { runtime } = service.running;
    return migrate(runtime.database, migrations, backgroundContext(runtime, 'migrations'));
  };
  const read = () => service.db(pages).findOne({ _id });

  beforeAll(async () => {
    service = await startTestService(thingService({ stores: [pages] }));
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    await empty(service.running.runtime.database, migrationsDone, pages);
    await service.db(pages).insertOne({ _id, label: 'Tea' });
  });

  it('is read by old and new code after the expansion, and by new code after the contraction', async () => {
    await migrateTo(expand);
    expect(await read()).toEqual({ _id, label: 'Tea', title: 'Tea' });
    await migrateTo(expand, contract);
    expect(await read()).toEqual({ _id, title: 'Tea' });
  });

  it('comes from the oldest version to the newest at once, when releases were left out', async () => {
    await migrateTo(contract, expand);
    expect(await read()).toEqual({ _id, title: 'Tea' });
  });

  it('is changed once by replicas that start together', async () => {
    await Promise.all([migrateTo(expand, contract), migrateTo(expand, contract), migrateTo(expand, contract)]);
    expect(await read()).toEqual({ _id, title: 'Tea' });
    expect(await service.db(migrationsDone).count({})).toBe(2);
  });

  it('that an older replica wrote after the expansion is lost to nobody: the contraction comes a release later', async () => {
    await migrateTo(expand);
    const late = newId();
    await service.db(pages).insertOne({ _id: late, label: 'Mug' });
    const again: Migration = { ...expand, version: 2, name: 'pages of old replicas have a title' };
    await migrateTo(expand, again, { ...contract, version: 3 });
    expect(await service.db(pages).findOne({ _id: late })).toEqual({ _id: late, title: 'Mug' });
  });
});
