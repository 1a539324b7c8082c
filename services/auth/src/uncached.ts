import { Answer } from '@souk/service-kit';

/** An answer with secrets or about accounts, which no cache on its way may keep. */
export const uncached = <Output>(output: Output, status = 200, headers: Record<string, string> = {}) =>
  new Answer(status, output, { ...headers, 'cache-control': 'no-store' });
