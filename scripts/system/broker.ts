import type { RabbitAccess } from './plan.ts';

const ANSWER_MS = 20_000;

interface KnownQueue {
  name: string;
  arguments: Record<string, unknown>;
}

/**
 * Makes what `definitions` say. A queue that stands with other arguments than a sidecar declares it with would keep that sidecar from
 * starting, and is made anew: the sweep brings its consumer what was in it.
 */
export async function defineBroker(rabbit: RabbitAccess, definitions: Record<string, object[]>): Promise<void> {
  const wanted = new Map((definitions.queues as KnownQueue[]).map((queue) => [queue.name, tellArguments(queue)]));
  const known: KnownQueue[] = JSON.parse(await ask(rabbit, 'GET queues/%2F'));
  const isOutdated = (queue: KnownQueue) => (wanted.get(queue.name) ?? tellArguments(queue)) !== tellArguments(queue);
  for (const { name } of known.filter(isOutdated)) await ask(rabbit, `DELETE queues/%2F/${encodeURIComponent(name)}`);
  await ask(rabbit, 'POST definitions', definitions);
}

const tellArguments = ({ arguments: all }: KnownQueue): string => JSON.stringify(Object.entries(all).sort());

async function ask(rabbit: RabbitAccess, call: string, body?: object): Promise<string> {
  const [method = '', path = ''] = call.split(' ');
  const authorization = `Basic ${Buffer.from(`${rabbit.user}:${rabbit.password}`).toString('base64')}`;
  const answer = await fetch(`${rabbit.managementUrl}/api/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`RabbitMQ at ${rabbit.managementUrl} refused ${call}: ${answer.status} ${text}`);
  return text;
}
