import type { QueueDeclaration, System } from '../../scripts/system/index.ts';
import { loadQueues } from '../../scripts/system/index.ts';

/** The queues of facts of all services. */
export const workQueues = async (): Promise<QueueDeclaration[]> =>
  (await loadQueues()).filter(({ topic }) => topic === 'ecommerce_exchange');

/** Empties every queue of facts, as a broker does that lost its disk. Gives how many messages were in them. */
export async function purgeQueues(system: System, queues: readonly QueueDeclaration[]): Promise<number> {
  let lost = 0;
  for (const { queue } of queues) {
    lost += await countReady(system, queue);
    await askBroker(system, 'DELETE', `${encodeURIComponent(queue)}/contents`);
  }
  return lost;
}

export const countReady = async (system: System, queue: string): Promise<number> => {
  const { messages_ready: ready }: { messages_ready?: number } = JSON.parse(
    await askBroker(system, 'GET', encodeURIComponent(queue)),
  );
  return ready ?? 0;
};

async function askBroker({ rabbit }: System, method: string, path: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${rabbit.user}:${rabbit.password}`).toString('base64')}`;
  const answer = await fetch(`${rabbit.managementUrl}/api/queues/%2F/${path}`, { method, headers: { authorization } });
  if (!answer.ok) throw new Error(`the broker answered ${answer.status} to ${method} ${path}`);
  return answer.text();
}

/** Delivers events as a service's sidecar does. */
export async function deliver(
  system: System,
  { service, queue, entries }: { service: string; queue: string; entries: readonly { entryId: string; event: object }[] },
): Promise<void> {
  const answer = await fetch(`${system.url(service)}/events/${queue}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'dapr-api-token': system.secrets['app-api-token'] ?? '' },
    body: JSON.stringify({ entries }),
  });
  if (!answer.ok) throw new Error(`${service} answered ${answer.status} to ${queue}: ${await answer.text()}`);
}
