import { defineResource } from '@souk/service-kit';

export interface Courier {
  /** Runs `work` now or as soon as there is room, without waiting. What it cannot take is found by the job that sends what is due. */
  take(work: () => Promise<unknown>): void;
  /** Lets what runs come to its end; what waits is left to the job of another process. */
  close(): Promise<void>;
}

const MOST_AT_ONCE = 8;
const MOST_WAITING = 1_000;

/** Sends in the background what an event has just written, a few at a time, so that a slow mail server holds up no queue. */
export const courier = defineResource<Courier>({
  name: 'courier',
  start({ log }) {
    const waiting: (() => Promise<unknown>)[] = [];
    const running = new Set<Promise<void>>();
    const next = (): void => {
      const work = running.size < MOST_AT_ONCE ? waiting.shift() : undefined;
      if (!work) return;
      const done: Promise<void> = work()
        .then(
          () => undefined,
          (error) => log.warn({ err: error }, 'a notification is sent later'),
        )
        .finally(() => {
          running.delete(done);
          next();
        });
      running.add(done);
    };
    return {
      take(work) {
        if (waiting.length >= MOST_WAITING) return;
        waiting.push(work);
        next();
      },
      async close() {
        waiting.length = 0;
        await Promise.all(running);
      },
    };
  },
  stop: (opened) => opened.close(),
});
