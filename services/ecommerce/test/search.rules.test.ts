import { SearchEngine } from '../src/search/search.engine.ts';
import type { SearchEntry, SearchQuery } from '../src/search/search.index.ts';

let made = 0;
const entry = (fields: Partial<SearchEntry> & { name: string }): SearchEntry => {
  made += 1;
  return {
    id: `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    version: 1,
    companyId: 'north',
    shopIds: ['corner'],
    stockedShopIds: ['corner'],
    status: 'active',
    slug: 'a-slug',
    description: '',
    tags: [],
    brand: '',
    skus: [`SKU-${made}`],
    categoryIds: [],
    price: 1_000,
    highestPrice: 1_000,
    createdAtMs: made,
    ...fields,
  };
};

const catalogue = [
  entry({ name: 'Red mug', tags: ['kitchen'], brand: 'Nordic', price: 900, highestPrice: 1_200 }),
  entry({
    name: 'Crème brûlée dish',
    description: 'Goes with a mug of coffee',
    price: 2_500,
    highestPrice: 2_500,
    stockedShopIds: [],
  }),
  entry({ name: 'Blue mug', brand: 'Bodum', price: 800, highestPrice: 800, categoryIds: ['cups'] }),
  entry({ name: 'Hidden mug', status: 'draft' }),
  entry({
    name: 'Teapot',
    companyId: 'south',
    shopIds: ['harbour'],
    stockedShopIds: ['harbour'],
    skus: ['TEA-POT-1'],
    price: 4_000,
    highestPrice: 4_000,
  }),
];

const engineOf = (entries = catalogue) => {
  const engine = new SearchEngine();
  engine.put(entries);
  return engine;
};
const query = (fields: Partial<SearchQuery> = {}): SearchQuery => ({
  reach: { statuses: ['active'] },
  sort: 'relevance',
  limit: 20,
  ...fields,
});
const namesOf = (engine: SearchEngine, fields: Partial<SearchQuery>) =>
  engine.search(query(fields)).ids.map((id) => catalogue.find((each) => each.id === id)?.name);

describe('text', () => {
  it('forgives a typo, takes the beginning of a word, and folds accents and case', () => {
    const engine = engineOf();
    expect(namesOf(engine, { text: 'teepot' })).toEqual(['Teapot']);
    expect(namesOf(engine, { text: 'teap' })).toEqual(['Teapot']);
    expect(namesOf(engine, { text: 'CREME brulee' })).toEqual(['Crème brûlée dish']);
    expect(namesOf(engine, { text: 'tea-pot-1' })).toEqual(['Teapot']);
  });

  it('ranks a word in the name before one in the description', () => {
    expect(namesOf(engineOf(), { text: 'mug' }).at(-1)).toBe('Crème brûlée dish');
  });

  it('wants all words, and any of them only when nothing has all', () => {
    expect(namesOf(engineOf(), { text: 'red mug' })).toEqual(['Red mug']);
    expect(namesOf(engineOf(), { text: 'teapot zebra' })).toEqual(['Teapot']);
    expect(namesOf(engineOf(), { text: 'zebra' })).toEqual([]);
  });
});

describe('filters', () => {
  it('narrow by company, shop, category, brand, price and stock', () => {
    const engine = engineOf();
    expect(namesOf(engine, { reach: { statuses: ['active'], companyId: 'south' } })).toEqual(['Teapot']);
    expect(namesOf(engine, { shopId: 'harbour' })).toEqual(['Teapot']);
    expect(namesOf(engine, { categoryIds: ['cups', 'pots'] })).toEqual(['Blue mug']);
    expect(namesOf(engine, { brand: 'nordic' })).toEqual(['Red mug']);
    expect(namesOf(engine, { minPrice: 1_100, maxPrice: 2_000 })).toEqual(['Red mug']);
    expect(namesOf(engine, { inStock: false })).toEqual(['Crème brûlée dish']);
  });

  it('show drafts to nobody who does not reach for them', () => {
    expect(namesOf(engineOf(), { text: 'hidden' })).toEqual([]);
    expect(
      namesOf(engineOf(), { text: 'hidden', reach: { statuses: ['draft'], companyId: 'north', shopIds: ['corner'] } }),
    ).toEqual(['Hidden mug']);
    expect(
      namesOf(engineOf(), { text: 'hidden', reach: { statuses: ['draft'], companyId: 'north', shopIds: ['other'] } }),
    ).toEqual([]);
  });
});

describe('sorting and paging', () => {
  it('sorts by price both ways and by age', () => {
    const engine = engineOf();
    expect(namesOf(engine, { sort: 'price' })).toEqual(['Blue mug', 'Red mug', 'Crème brûlée dish', 'Teapot']);
    expect(namesOf(engine, { sort: '-price' })).toEqual(['Teapot', 'Crème brûlée dish', 'Red mug', 'Blue mug']);
    expect(namesOf(engine, { sort: 'newest' })).toEqual(['Teapot', 'Blue mug', 'Crème brûlée dish', 'Red mug']);
  });

  it('gives every product once over the pages, also where many cost the same', () => {
    const many = Array.from({ length: 45 }, (_, index) => entry({ name: `Plate ${index}`, price: 100 * (index % 3) }));
    const engine = engineOf(many);
    const seen: string[] = [];
    let after: SearchQuery['after'];
    do {
      const { ids, next, total } = engine.search(query({ sort: 'price', limit: 10, after }));
      expect(total).toBe(45);
      seen.push(...ids);
      after = next ?? undefined;
    } while (after);
    expect(new Set(seen).size).toBe(45);
    expect(seen).toHaveLength(45);
  });
});

describe('facets', () => {
  it('count what was found', () => {
    const { facets, total } = engineOf().search(query({ text: 'mug' }));
    expect(total).toBe(3);
    expect(facets).toMatchObject({
      inStock: 2,
      outOfStock: 1,
      price: { min: 800, max: 2_500 },
      categories: [{ value: 'cups', count: 1 }],
    });
    expect(facets.brands).toEqual([
      { value: 'Bodum', count: 1 },
      { value: 'Nordic', count: 1 },
    ]);
  });
});

describe('changes', () => {
  it('replaces by a newer version, passes over an older one, and forgets what is removed', () => {
    const engine = engineOf([]);
    const first = entry({ name: 'Lamp' });
    engine.put([{ ...first, version: 2, name: 'Lantern' }]);
    engine.put([first]);
    expect(engine.search(query({ text: 'lamp' })).total).toBe(0);
    expect(engine.search(query({ text: 'lantern' })).total).toBe(1);
    engine.put([{ ...first, version: 2, name: 'Lantern', stockedShopIds: [] }]);
    expect(engine.search(query({ text: 'lantern', inStock: true })).total).toBe(0);
    engine.remove([first.id]);
    expect(engine.search(query({ text: 'lantern' })).total).toBe(0);
    expect(engine.size).toBe(0);
  });
});
