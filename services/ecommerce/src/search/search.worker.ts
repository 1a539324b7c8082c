import { parentPort } from 'node:worker_threads';
import { SearchEngine } from './search.engine.ts';
import type { SearchEntry, SearchQuery, SuggestQuery } from './search.index.ts';

/** What the worker thread is asked for. Every order is answered, in its sequence. */
export type SearchOrder =
  | { kind: 'put'; entries: SearchEntry[] }
  | { kind: 'remove'; ids: string[] }
  | { kind: 'search'; query: SearchQuery }
  | { kind: 'suggest'; query: SuggestQuery };

export type SearchReply = { id: number; value: unknown } | { id: number; error: string };

const engine = new SearchEngine();

function obey(order: SearchOrder): unknown {
  switch (order.kind) {
    case 'put':
      return engine.put(order.entries);
    case 'remove':
      return engine.remove(order.ids);
    case 'search':
      return engine.search(order.query);
    case 'suggest':
      return engine.suggest(order.query);
  }
}

parentPort?.on('message', ({ id, order }: { id: number; order: SearchOrder }) => {
  try {
    parentPort?.postMessage({ id, value: obey(order) } satisfies SearchReply);
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) } satisfies SearchReply);
  }
});
