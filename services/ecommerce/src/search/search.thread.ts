import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { unavailable } from '@souk/service-kit';
import type { SearchOrder, SearchReply } from './search.worker.ts';

const MOST_WAITING = 5_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The worker thread that holds the index, as something to ask. */
export class SearchThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #isOver = false;

  /** `onDeath` is called when the thread ends without having been asked to: its index is lost. */
  constructor(onDeath: (error: unknown) => void) {
    this.#worker = new Worker(fileURLToPath(new URL('./search.worker.ts', import.meta.url)), { execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (reply: SearchReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error, onDeath));
    this.#worker.on('exit', (code) => this.#end(new Error(`the search thread ended with ${code}`), onDeath));
  }

  /** Throws 503 when the thread is gone or has more to do than it can. */
  ask(order: SearchOrder): Promise<unknown> {
    if (this.#isOver || this.#waiting.size >= MOST_WAITING) return Promise.reject(unavailable('The search does not answer now'));
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, order });
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#worker.terminate();
  }

  #settle(reply: SearchReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.value);
  }

  #end(error: unknown, onDeath: (error: unknown) => void): void {
    for (const { reject } of this.#waiting.values()) reject(unavailable('The search does not answer now'));
    this.#waiting.clear();
    if (this.#isOver) return;
    this.#isOver = true;
    onDeath(error);
  }
}
