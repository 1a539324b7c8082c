import { createClient, defineScript } from '@redis/client';
import type { Logger } from '@souk/service-kit';
import type { Taken } from './window.rules.ts';
import { WINDOW_SECONDS } from './window.rules.ts';

/** A request waits this long for its count, then it is counted here. */
const TIMEOUT_MS = 1_000;
/** After a failure others do not wait for another one. */
const PAUSE_MS = 3_000;
const RECONNECT_MS = 500;

// The rule of window.rules.ts, by the clock of Redis, which all replicas have in common: a hash of seconds for each key.
const SCRIPT = `
local now = redis.call('TIME')
local second = tonumber(now[1])
local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local counted = redis.call('HGETALL', KEYS[1])
local hits, oldest, latest = 0, second, second
for index = 1, #counted, 2 do
  local at = tonumber(counted[index])
  if at < second - window then
    redis.call('HDEL', KEYS[1], counted[index])
  else
    hits = hits + tonumber(counted[index + 1])
    oldest = math.min(oldest, at)
    latest = math.max(latest, at)
  end
end
if hits < limit then
  redis.call('HINCRBY', KEYS[1], tostring(latest), 1)
  redis.call('EXPIRE', KEYS[1], window + 2)
  hits = hits + 1
else
  hits = limit + 1
end
return { hits, (oldest + window + 1) * 1000 - (second * 1000 + math.floor(tonumber(now[2]) / 1000)) }
`;

const take = defineScript({
  SCRIPT,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, limit: number) {
    parser.pushKey(key);
    parser.push(String(limit), String(WINDOW_SECONDS));
  },
  transformReply: (reply: unknown): number[] => (Array.isArray(reply) ? reply.map(Number) : []),
});

export interface SharedBudgets {
  /** Undefined when Redis has not answered in time: then it is to be counted otherwise. */
  take(key: string, limit: number): Promise<Taken | undefined>;
  isUp(): boolean;
  close(): void;
}

/** Budgets of all replicas in one Redis. It is gone on without while that is away, and found again by itself. */
export function openSharedBudgets(url: string, log: Pick<Logger, 'info' | 'warn'>): SharedBudgets {
  const client = createClient({
    url,
    scripts: { take },
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    socket: { connectTimeout: 2_000, reconnectStrategy: RECONNECT_MS },
  });
  let pausedUntilMs = 0;
  /** Not known before the first answer or failure, each of which is told. */
  let isUp: boolean | undefined;
  const told = (isUpNow: boolean, error?: unknown) => {
    if (isUp === isUpNow) return;
    isUp = isUpNow;
    if (isUp) log.info('limits are counted for all replicas, in Redis');
    else log.warn({ err: error }, 'Redis does not answer: limits are counted by each replica for itself');
  };
  client.on('error', (error) => told(false, error));
  client.on('ready', () => {
    pausedUntilMs = 0;
    told(true);
  });
  const connecting = client.connect().catch((error) => log.warn({ err: error }, 'Redis could not be reached'));
  return {
    take: async (key, limit) => {
      if (!client.isReady || performance.now() < pausedUntilMs) return undefined;
      try {
        const [hits = 0, resetInMs = 0] = await soon(client.take(key, limit));
        told(true);
        return { hits, resetAtMs: Date.now() + resetInMs };
      } catch (error) {
        pausedUntilMs = performance.now() + PAUSE_MS;
        told(false, error);
        return undefined;
      }
    },
    isUp: () => isUp === true,
    close: () => {
      client.destroy();
      void connecting;
    },
  };
}

/** The client's own timeout is over once a command is written: a Redis that stands still would hold every request. */
function soon<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
