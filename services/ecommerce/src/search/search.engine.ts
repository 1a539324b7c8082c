import MiniSearch from 'minisearch';
import { facetsOf, isStocked } from './search.facets.ts';
import type {
  SearchEntry,
  SearchPlace,
  SearchQuery,
  SearchReach,
  SearchResult,
  Suggestion,
  SuggestQuery,
} from './search.index.ts';

type Indexed = Pick<SearchEntry, 'id' | 'name' | 'description' | 'brand'> & { tags: string; skus: string };
type Ranked = { entry: SearchEntry; value: number };

const WEIGHTS = { name: 4, skus: 3, tags: 2, brand: 2, description: 1 };
/** Shorter words have too many neighbours to guess among. */
const LEAST_FUZZY = 4;
const MOST_WORDS = 12;

const fold = (term: string): string => term.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The index itself, in memory. Lives in a worker thread, because a two-word search over a large catalogue takes tens of milliseconds. */
export class SearchEngine {
  readonly #entries = new Map<string, SearchEntry>();
  readonly #texts = new MiniSearch<Indexed>({
    fields: Object.keys(WEIGHTS),
    processTerm: (term) => fold(term) || null,
    searchOptions: {
      boost: WEIGHTS,
      prefix: (term) => term.length >= 2,
      fuzzy: (term) => (term.length >= LEAST_FUZZY ? 0.2 : false),
      // A word as it was typed goes before a longer or a similar one.
      weights: { prefix: 0.5, fuzzy: 0.3 },
    },
  });

  get size(): number {
    return this.#entries.size;
  }

  /** Adds or replaces; an older version than the one held is passed over. */
  put(entries: readonly SearchEntry[]): void {
    for (const entry of entries) {
      const held = this.#entries.get(entry.id);
      if (held && held.version > entry.version) continue;
      const { id, name, description, brand, tags, skus } = entry;
      const indexed = { id, name, description, brand, tags: tags.join(' '), skus: skus.join(' ') };
      if (!held) this.#texts.add(indexed);
      else if (held.version < entry.version) this.#texts.replace(indexed);
      this.#entries.set(id, entry);
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) if (this.#entries.delete(id)) this.#texts.discard(id);
  }

  search(query: SearchQuery): SearchResult {
    const found = this.#candidates(query.text, query.reach).filter(({ entry }) => matches(entry, query));
    const ranked = rank(found, query);
    const rest = query.after ? ranked.filter(({ entry, value }) => isAfter({ value, id: entry.id }, query.after)) : ranked;
    const page = rest.slice(0, query.limit);
    const last = page.at(-1);
    return {
      ids: page.map(({ entry }) => entry.id),
      next: rest.length > query.limit && last ? { value: last.value, id: last.entry.id } : null,
      total: ranked.length,
      facets: facetsOf(
        ranked.map(({ entry }) => entry),
        query.shopId,
      ),
    };
  }

  suggest({ text, reach, limit }: SuggestQuery): Suggestion[] {
    return this.#candidates(text, reach)
      .slice(0, limit)
      .map(({ entry: { id, name, slug } }) => ({ productId: id, name, slug }));
  }

  /** Within reach, the best first; all words must be found, or any of them when no product has all. */
  #candidates(text: string | undefined, reach: SearchReach): Ranked[] {
    const words = text?.trim().split(/\s+/).slice(0, MOST_WORDS).join(' ');
    if (!words)
      return [...this.#entries.values()].filter((entry) => isWithin(entry, reach)).map((entry) => ({ entry, value: 0 }));
    const find = (combineWith: 'AND' | 'OR') =>
      this.#texts.search(words, { combineWith }).flatMap(({ id, score }): Ranked[] => {
        const entry = this.#entries.get(String(id));
        return entry && isWithin(entry, reach) ? [{ entry, value: score }] : [];
      });
    const all = find('AND');
    return all.length > 0 ? all : find('OR');
  }
}

function isWithin(entry: SearchEntry, { statuses, companyId, goneCompanyIds, shopIds }: SearchReach): boolean {
  if (!statuses.includes(entry.status) || (companyId !== undefined && entry.companyId !== companyId)) return false;
  if (goneCompanyIds?.includes(entry.companyId)) return false;
  return shopIds === undefined || entry.shopIds.some((shopId) => shopIds.includes(shopId));
}

function matches(entry: SearchEntry, query: SearchQuery): boolean {
  const { shopId, categoryIds, brand, minPrice, maxPrice, inStock } = query;
  if (shopId !== undefined && !entry.shopIds.includes(shopId)) return false;
  if (categoryIds !== undefined && !entry.categoryIds.some((categoryId) => categoryIds.includes(categoryId))) return false;
  if (brand !== undefined && fold(entry.brand) !== fold(brand)) return false;
  if (minPrice !== undefined && entry.highestPrice < minPrice) return false;
  if (maxPrice !== undefined && entry.price > maxPrice) return false;
  return inStock === undefined || isStocked(entry, shopId) === inStock;
}

/** Sorted by one number, the largest first, then by id: so that a place in the list can be named. */
function rank(found: Ranked[], { sort, text }: SearchQuery): Ranked[] {
  const sortValueOf = ({ entry, value }: Ranked): number => {
    if (sort === 'price') return -entry.price;
    if (sort === '-price') return entry.price;
    // Without words nothing is more relevant than anything else: the newest goes first.
    return sort === 'newest' || !text?.trim() ? entry.createdAtMs : value;
  };
  return found
    .map((ranked) => ({ entry: ranked.entry, value: sortValueOf(ranked) }))
    .sort((a, b) => b.value - a.value || (a.entry.id < b.entry.id ? -1 : 1));
}

function isAfter(place: SearchPlace, after: SearchPlace | undefined): boolean {
  if (!after) return true;
  return place.value < after.value || (place.value === after.value && place.id > after.id);
}
