import type { ProductStatus } from '../product/product.rules.ts';

/** What the index holds of a product. */
export interface SearchEntry {
  id: string;
  version: number;
  companyId: string;
  shopIds: string[];
  /** Those of `shopIds` that have something of it to sell. */
  stockedShopIds: string[];
  status: ProductStatus;
  name: string;
  slug: string;
  description: string;
  tags: string[];
  brand: string;
  skus: string[];
  categoryIds: string[];
  /** Lowest and highest of its variants, in minor units. */
  price: number;
  highestPrice: number;
  createdAtMs: number;
}

/** Whose products are looked among: absent fields do not narrow. */
export interface SearchReach {
  statuses: readonly ProductStatus[];
  companyId?: string | undefined;
  /** Companies that were deleted: what they sold is found by nobody. */
  goneCompanyIds?: readonly string[] | undefined;
  /** Products of at least one of these shops. */
  shopIds?: readonly string[] | undefined;
}

export const SORTS = ['relevance', 'price', '-price', 'newest'] as const;
export type SearchSort = (typeof SORTS)[number];

/** A place in a sorted list: the value sorted by, and the product. */
export interface SearchPlace {
  value: number;
  id: string;
}

export interface SearchQuery {
  text?: string | undefined;
  reach: SearchReach;
  shopId?: string | undefined;
  /** Products in any of these: a category with all below it. */
  categoryIds?: readonly string[] | undefined;
  brand?: string | undefined;
  minPrice?: number | undefined;
  maxPrice?: number | undefined;
  inStock?: boolean | undefined;
  sort: SearchSort;
  after?: SearchPlace | undefined;
  limit: number;
}

export interface FacetCount {
  value: string;
  count: number;
}

export interface Facets {
  categories: FacetCount[];
  brands: FacetCount[];
  tags: FacetCount[];
  inStock: number;
  outOfStock: number;
  /** Lowest and highest price asked; absent when nothing was found. */
  price?: { min: number; max: number };
}

export interface SearchResult {
  ids: string[];
  /** The place of the last of `ids`, when there is more after it. */
  next: SearchPlace | null;
  total: number;
  facets: Facets;
}

export interface SuggestQuery {
  text: string;
  reach: SearchReach;
  limit: number;
}

export interface Suggestion {
  productId: string;
  name: string;
  slug: string;
}

/** Finds products by text and filters. Answers ids only: what a product is and costs, the database says. */
export interface ProductSearch {
  search(query: SearchQuery): Promise<SearchResult>;
  suggest(query: SuggestQuery): Promise<Suggestion[]>;
  /** Takes what the database holds of these products now; ones that are gone leave the index. */
  refresh(productIds: readonly string[]): Promise<void>;
}
