import { ofCompany, ScopeError, system } from '@souk/service-kit';
import { driverCases } from '../../service-kit/test/driver-cases.ts';
import { thing, things } from '../../service-kit/test/things.ts';
import { openMemory, openMemoryDatabase } from '../src/memory-database.ts';

describe('the driver in memory', () => {
  driverCases(async () => {
    const driver = openMemory({ rows: ['name'] });
    return { driver, collection: driver.collection('rows') };
  });

  it('loses everything when it is closed, and answers until then', async () => {
    const driver = openMemory();
    await driver.collection('rows').insert([{ _id: 'a' }]);
    await driver.ping();
    await driver.close();
    expect(await driver.collection('rows').count({}, 10)).toBe(0);
  });

  it('works transactions off one after the other, a failed one too', async () => {
    const driver = openMemory();
    const steps: string[] = [];
    const failing = driver.transaction(async () => {
      steps.push('first');
      throw new Error('no');
    });
    const second = driver.transaction(async () => steps.push('second'));
    await expect(failing).rejects.toThrow('no');
    await second;
    expect(steps).toEqual(['first', 'second']);
  });
});

describe('a database in memory', () => {
  it('has the same scopes over it', async () => {
    const database = openMemoryDatabase({ things: ['name'] });
    const [mine, all] = [database.in(things, ofCompany('c1')), database.in(things, system('a test'))];
    await all.insertMany([thing({ _id: 'a', name: 'n' }), thing({ _id: 'x', companyId: 'c2' })]);
    expect((await mine.find({})).map(({ _id }) => _id)).toEqual(['a']);
    await expect(mine.insertOne(thing({ companyId: 'c2' }))).rejects.toThrow(ScopeError);
    const error = await mine.insertOne(thing({ name: 'n' })).catch((thrown) => thrown);
    expect(database.driver.isDuplicate(error)).toBe(true);
    await database.close();
  });
});
