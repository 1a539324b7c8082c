import { openMemory } from '../src/mongo/memory.ts';
import { driverCases } from './driver-cases.ts';

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
