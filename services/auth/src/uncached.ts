import { Answer } from '@souk/service-kit';

/** An answer with secrets or about accounts, which no cache on its way may keep. */
export const uncached = <Output>(output: Output, status = 200) => new Answer(status, output, { 'cache-control': 'no-store' });
