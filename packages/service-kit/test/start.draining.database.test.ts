import { Agent, request } from 'node:http';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { anybody, endpoint } from '../src/index.ts';
import { thing, thingMade, thingService, things } from './things.ts';

let begun = 0;
let release = () => {};
const closed: string[] = [];

const service = thingService({
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/slow',
      summary: 'Takes its time.',
      access: anybody,
      run: async (_input, ctx) => {
        begun += 1;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        const made = thing();
        await ctx.as({ kind: 'system', reason: 'a test' }).transaction(async (tx) => {
          await tx.in(things).insertOne(made);
          tx.publish(thingMade, { subject: made._id, version: 1, data: { name: made.name } });
        });
        return { id: made._id };
      },
    }),
  ],
  attach: () => ({ close: async () => void closed.push('attached') }),
});

/** Asks over a connection that is kept alive, as sidecars do. */
function ask(
  app: TestService,
  agent: Agent,
  path: string,
): Promise<{ status: number | undefined; body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = { 'dapr-api-token': 'a-token-for-tests-only' };
    const asked = request({ port: app.running.port, host: '127.0.0.1', method: 'POST', path, agent, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, body, connection: answer.headers.connection }));
    });
    asked.on('error', reject).end();
  });
}

test('a service that stops answers what it has begun, publishes it and does not wait for idle connections', async () => {
  const app = await startTestService(service);
  const agent = new Agent({ keepAlive: true });
  await ask(app, agent, '/nothing');
  const slow = ask(app, agent, '/slow');
  await eventually(() => expect(begun).toBe(1));
  const stopping = app.running.stop();
  release();
  const { status, body } = await slow;
  const startedMs = Date.now();
  await stopping;
  expect(Date.now() - startedMs).toBeLessThan(4_000);
  expect(status).toBe(200);
  expect(app.sidecar.published.map(({ subject }) => subject)).toEqual([JSON.parse(body).id]);
  expect(closed).toEqual(['attached']);
  agent.destroy();
  await app.stop();
}, 30_000);

test('a connection is told of the end before it is closed', async () => {
  const app = await startTestService(service);
  const agent = new Agent({ keepAlive: true });
  const before = await ask(app, agent, '/nothing');
  const stopping = app.running.stop(1_000);
  const during = await ask(app, agent, '/nothing');
  expect([before.connection, during.connection]).toEqual(['keep-alive', 'close']);
  await stopping;
  agent.destroy();
  await app.stop();
}, 30_000);
