import { companyCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';
import { shops } from '../src/shop.store.ts';

let shop: TestService;
let companyId: string;

beforeAll(async () => {
  shop = await startTestService(service);
});
beforeEach(async () => {
  companyId = newId();
  await shop.deliver(companyCreated, { ...companyCreated.example, companyId });
});
afterAll(() => shop.stop());

async function addShop(fields: object) {
  const answer = await shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Corner', ...fields } });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('shops near a place', () => {
  test('are the open ones within the radius, the nearest first', async () => {
    const place = (lat: number, lng: number) => ({ location: { coordinates: { lat, lng } } });
    const here = await addShop({ name: 'Here', ...place(-17, 179.999) });
    const over = await addShop({ name: 'Over the antimeridian', ...place(-17, -179.99) });
    await addShop({ name: 'Closed', isActive: false, ...place(-17, 179.999) });
    await addShop({ name: 'Far', ...place(-17, 178) });
    await addShop({ name: 'Somewhere' });
    const { status, body } = await shop.request('GET', `/shops/near?lat=-17&lng=179.999&radius=5000&companyId=${companyId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ data: [{ id: here.id, distanceMeters: 0 }, { id: over.id }], nextCursor: null });
  });

  test('come page by page, and no more is read of them than is shown', async () => {
    await shop.deliver(companyCreated, { ...companyCreated.example, companyId });
    const added: string[] = [];
    for (let index = 0; index < 53; index += 1)
      added.push((await addShop({ location: { coordinates: { lat: 40 + index / 10_000, lng: 7 } } })).id);
    const { driver } = shop.running.runtime.database;
    const open = driver.collection.bind(driver);
    const read: (readonly string[])[] = [];
    const spy = jest.spyOn(driver, 'collection').mockImplementation((name, comment) => {
      const collection = open(name, comment);
      const find = collection.find.bind(collection);
      collection.find = (filter, options, session) => {
        if (name === 'shops') read.push(options.fields ?? ['everything']);
        return find(filter, options, session);
      };
      return collection;
    });
    const near = async (more: string) =>
      (await shop.request('GET', `/shops/near?lat=40&lng=7&companyId=${companyId}&limit=50${more}`)).body;
    const body = await near('');
    spy.mockRestore();
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(added.slice(0, 50));
    const next = await near(`&cursor=${body.nextCursor}`);
    expect(next.data.map(({ id }: { id: string }) => id)).toEqual(added.slice(50));
    expect(next.nextCursor).toBeNull();
    expect(body.data[1]).toMatchObject({ name: 'Corner', operatingHours: [], distanceMeters: 11 });
    for (const field of ['everything', 'staffIds', 'warehouseIds']) expect(read.flat()).not.toContain(field);
  });

  test('are those less far where there are too many to compare', async () => {
    const one = await addShop({ location: { coordinates: { lat: -40, lng: 7 } } });
    const like = await shop.db(shops).findOne({ _id: one.id });
    if (!like) throw new Error('the shop was added');
    const crowd = Array.from({ length: 5_001 }, () => ({
      ...{ ...like, _id: newId(), location: { coordinates: { lat: -40.08, lng: 7 } } },
    }));
    await shop.db(shops).insertMany(crowd);
    const { body } = await shop.request('GET', `/shops/near?lat=-40&lng=7&companyId=${like.companyId}`);
    expect(body).toMatchObject({ data: [{ id: one.id, distanceMeters: 0 }], nextCursor: null });
  });

  test.each(['', 'lat=91&lng=0', 'lat=1&lng=1&radius=-5', 'lat=1&lng=1&planet=mars', 'lat=1&lng=1&cursor=WzFd'])(
    'answer 422 to ?%s',
    async (query) => {
      expect((await shop.request('GET', `/shops/near?${query}`)).status).toBe(422);
    },
  );
});
