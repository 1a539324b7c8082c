// Makes exchanges, queues, policies, and a user of each service in RabbitMQ, by its management API; waits for a broker that is only
// starting. Reads topology.json and users.json, which stand beside it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { MANAGEMENT_URL, RABBITMQ_USERNAME, RABBITMQ_PASSWORD } = process.env;
const TRIES = 120;
const BETWEEN_MS = 2_000;
const ANSWER_MS = 30_000;

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const { definitions, writes } = read('topology.json');
const users = read('users.json');
const vhost = '/';

/** A user writes its own routing keys only. Each has such a rule, because who has none may write all. */
const topicPermissions = Object.entries(writes).map(([user, write]) => {
  if (!write) throw new Error(`what ${user} may write is not said`);
  return { user, vhost, exchange: 'ecommerce_exchange', write, read: '.*' };
});
/** Who is no service, as KEDA's, may only come in, which is enough to be told how long a queue is. */
function permissionOf(user) {
  const names = user in writes ? '.*' : '^$';
  return { user, vhost, configure: names, write: names, read: names };
}
const body = JSON.stringify({
  ...definitions,
  users: Object.entries(users).map(([name, password]) => ({ name, password, tags: '' })),
  permissions: Object.keys(users).map(permissionOf),
  topic_permissions: topicPermissions,
});
const authorization = `Basic ${Buffer.from(`${RABBITMQ_USERNAME}:${RABBITMQ_PASSWORD}`).toString('base64')}`;
const headers = { 'content-type': 'application/json', authorization };

/** What the broker says no to. It may pass when the broker itself fails, and when a queue is gone before it is deleted. */
class Refusal extends Error {
  constructor(method, path, { status, text }) {
    super(`the broker answered ${method} ${path} with ${status}: ${text.slice(0, 500)}`);
    this.mayPass = status >= 500 || (method === 'DELETE' && status === 404);
  }
}

async function ask(method, path, sent) {
  const init = { method, headers, body: sent, signal: AbortSignal.timeout(ANSWER_MS) };
  const answer = await fetch(`${MANAGEMENT_URL}/api/${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Refusal(method, path, { status: answer.status, text });
  return text;
}
const tellArguments = (queue) => JSON.stringify(Object.entries(queue.arguments).sort());

/** Queues that stand with other arguments than the sidecars declare them with, which would keep those from starting. */
async function outdatedQueues() {
  const wanted = new Map(definitions.queues.map((queue) => [queue.name, tellArguments(queue)]));
  const known = JSON.parse(await ask('GET', 'queues/%2F'));
  return known.filter((queue) => wanted.has(queue.name) && wanted.get(queue.name) !== tellArguments(queue)).map(({ name }) => name);
}

/** Gives what stood in the way, if it may pass. Throws when the broker refuses. */
async function define() {
  try {
    await ask('POST', 'definitions', body);
    // What was in them comes again by the sweep. A sidecar of before may make one again as it was: the next try looks once more.
    const outdated = await outdatedQueues();
    for (const name of outdated) await ask('DELETE', `queues/%2F/${encodeURIComponent(name)}`);
    return outdated.length > 0 ? `made anew: ${outdated.join(', ')}` : undefined;
  } catch (error) {
    if (error.mayPass) return error.message;
    const isAway = error instanceof TypeError || error.name === 'TimeoutError';
    if (isAway) return `the broker does not answer: ${error.cause?.code ?? error.name}`;
    throw error;
  }
}

let problem = await define();
for (let tries = 1; problem !== undefined && tries < TRIES; tries += 1) {
  console.log(problem);
  await sleep(BETWEEN_MS);
  problem = await define();
}
if (problem !== undefined) throw new Error(problem);
console.log('The broker has all exchanges, queues, policies and users.');
