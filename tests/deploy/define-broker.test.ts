import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import { objectsIn, podsOf, render, specOf } from './rendering.ts';

/** When the chart's job runs, and what it does about a broker that says no: a real one is asked in broker.test.ts. */

const START_MS = 180_000;
const QUEUE = 'websocket.events';
const DECLARED = { 'x-queue-type': 'quorum' };

let folder: string;
let server: Server;
/** What the broker answers, by method and path; 204 unless it is here. Those of a list are given in turn, the last one for ever. */
let answers: Record<string, [status: number, body: unknown][]>;
let asked: string[];

beforeEach(async () => {
  [answers, asked] = [{}, []];
  folder = mkdtempSync(join(tmpdir(), 'souk-define-'));
  copyFileSync(join(root, 'charts', 'souk', 'files', 'define-broker.mjs'), join(folder, 'define-broker.mjs'));
  const definitions = { queues: [{ name: QUEUE, arguments: DECLARED }] };
  writeFileSync(join(folder, 'topology.json'), JSON.stringify({ definitions, writes: { websocket: '^()$' } }));
  writeFileSync(join(folder, 'users.json'), JSON.stringify({ websocket: 'a password' }));
  server = createServer((request, response) => {
    const call = `${request.method} ${request.url}`;
    asked.push(call);
    const due = answers[call] ?? [];
    const [status, body] = (due.length > 1 ? due.shift() : due[0]) ?? [204, undefined];
    request.resume().on('end', () => response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  await once(server.close(), 'close');
  rmSync(folder, { recursive: true, force: true });
});

async function define(): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const env = { MANAGEMENT_URL: `http://127.0.0.1:${port}`, RABBITMQ_USERNAME: 'administrator', RABBITMQ_PASSWORD: 'a password' };
  const run = promisify(execFile)(process.execPath, [join(folder, 'define-broker.mjs')], { env, timeout: 30_000 });
  return (await run).stdout;
}

const LIST = 'GET /api/queues/%2F';
const DELETE = `DELETE /api/queues/%2F/${QUEUE}`;
const asDeclared: [number, unknown] = [200, [{ name: QUEUE, arguments: DECLARED }]];
const outdated: [number, unknown] = [200, [{ name: QUEUE, arguments: {} }]];

test.each([
  ['lists no queues', { [LIST]: [[403, { reason: 'not for you' }]] }, 'GET queues/%2F with 403'],
  ['keeps a queue', { [LIST]: [outdated], [DELETE]: [[403, {}]] }, `DELETE queues/%2F/${QUEUE} with 403`],
  ['takes no definitions', { 'POST /api/definitions': [[400, {}]] }, 'POST definitions with 400'],
] satisfies [string, typeof answers, string][])(
  'a broker that %s ends the job at once, with what it said',
  async (_what, due, said) => {
    answers = due;
    await expect(define()).rejects.toMatchObject({ code: 1, killed: false, stderr: expect.stringContaining(said) });
    expect(new Set(asked).size).toBe(asked.length);
  },
);

test.each([
  ['fails once', { [LIST]: [[503, {}], asDeclared] }, 'GET queues/%2F with 503'],
  ['has lost a queue before it is deleted', { [LIST]: [outdated, asDeclared], [DELETE]: [[404, {}]] }, 'with 404'],
] satisfies [string, typeof answers, string][])('a broker that %s is asked again', async (_what, due, said) => {
  answers = due;
  const printed = await define();
  expect(printed).toContain(said);
  expect(printed).toContain('The broker has all exchanges');
});

test(
  'the job and all it needs are there before an install, an upgrade and a rollback',
  async () => {
    const { helm } = await findChartPrograms(() => undefined);
    const objects = objectsIn(await render(helm, 'souk', []));
    const hooks = objects.filter(({ metadata }) => metadata.name === 'souk-broker');
    expect(hooks.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Job', 'NetworkPolicy', 'Secret']);
    for (const { metadata } of hooks) expect(metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade,pre-rollback');
    const [pod] = hooks.flatMap(podsOf);
    const { volumes } = specOf<{ volumes: object[] }>(pod);
    expect(JSON.stringify(volumes)).toContain('"secret":{"name":"souk-broker"}');
  },
  START_MS,
);
