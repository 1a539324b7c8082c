// Who may call whom: every application tries, through its own sidecar, every operation of every other that anybody has, and every secret.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@souk/contracts';
import { parse } from 'yaml';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import type { Asks, Operation } from '../../scripts/docs/edges.ts';
import { edgesOf } from '../../scripts/docs/edges.ts';
import { loadServices } from '../../scripts/docs/services.ts';
import { root } from '../../scripts/system/places.ts';
import { differences, runInside } from './asking.ts';

/** Nobody has it, so only who may ask for everything gets past the sidecar. */
const UNKNOWN: Operation = { method: 'GET', path: '/internal/nothing' };

/** Asks all at once, because a sidecar repeats a refused call for seconds; prints by name the status and what was said. */
const ASK = `
const { requests } = JSON.parse(process.argv[1]);
const ask = async ({ name, method, path, body }) => {
  const headers = { 'dapr-api-token': process.env.DAPR_API_TOKEN, 'content-type': 'application/json' };
  const answer = await fetch('http://127.0.0.1:3500' + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return [name, { status: answer.status, text: (await answer.text()).slice(0, 300) }];
};
process.stdout.write(JSON.stringify(Object.fromEntries(await Promise.all(requests.map(ask)))));
`;

interface Request {
  name: string;
  method: string;
  path: string;
  body?: unknown;
}

type Answers = Record<string, { status: number; text: string }>;

export interface Table {
  tried: number;
  wrong: string[];
}

/** Tries everything. */
export async function tryCalls(cluster: Cluster): Promise<Table> {
  const table: Table = { tried: 0, wrong: [] };
  const edges = edgesOf(await loadServices());
  const secretsOf = readSecrets();
  const secretNames = [...new Set(Object.values(secretsOf).flat())];
  for (const caller of SERVICES) {
    const calls = callsOf(caller, edges);
    const requests: Request[] = [
      ...calls.map(({ name, callee, operation: { method, path } }) => ({
        ...{ name, method, path: `/v1.0/invoke/${callee}/method${path.replace(/:\w+/g, 'none')}` },
        ...(method !== 'GET' && { body: {} }),
      })),
      ...secretNames.map((name) => ({ name: `the secret ${name}`, method: 'GET', path: `/v1.0/secrets/secrets/${name}` })),
    ];
    const answers = await runInside<Answers>(cluster, caller, { program: ASK, given: { requests } });
    const due = new Map<string, string>([
      ...calls.map(({ name, isDue }): [string, string] => [name, isDue ? 'let through' : 'refused']),
      ...secretNames.map((name): [string, string] => [
        `the secret ${name}`,
        secretsOf[caller]?.includes(name) ? 'let through' : 'refused',
      ]),
    ]);
    const found = new Map(Object.entries(answers).map(([name, answer]) => [name, verdictOf(answer)]));
    table.tried += due.size;
    table.wrong.push(...differences(found, due).map((line) => `${caller} asks ${line}`));
  }
  return table;
}

interface Call {
  name: string;
  callee: string;
  operation: Operation;
  isDue: boolean;
}

/** Of every other service all operations that anybody may call, and one that nobody has. */
function callsOf(caller: string, edges: ReadonlyMap<string, Asks>): Call[] {
  const others = SERVICES.filter((name) => name !== caller);
  return others.flatMap((callee) => {
    const asked = [...edges.values()].flatMap((asks) => operationsIn(asks[callee]));
    const all = new Map([...asked, UNKNOWN].map((operation) => [`${callee} ${operation.method} ${operation.path}`, operation]));
    const own = edges.get(caller)?.[callee];
    const isDue = ({ method, path }: Operation): boolean =>
      own === 'all' || operationsIn(own).some((one) => one.method === method && one.path === path);
    return [...all].map(([name, operation]) => ({ name, callee, operation, isDue: isDue(operation) }));
  });
}

const operationsIn = (asked: Operation[] | 'all' | undefined): Operation[] => (typeof asked === 'object' ? asked : []);

/** What an answer says: a refusal by access control or by the scope of secrets; an answer of the callee's, whatever it is, got through. */
function verdictOf({ status, text }: { status: number; text: string }): string {
  if (status === 403 && /access control policy has denied|ERR_PERMISSION_DENIED/.test(text)) return 'refused';
  return /"errorCode"/.test(text) ? `${status} ${text}` : 'let through';
}

/** The secrets that each service declares. */
function readSecrets(): Record<string, string[]> {
  const { services }: { services: Record<string, { secrets: string[] }> } = parse(
    readFileSync(join(root, 'charts', 'souk', 'files', 'services.yaml'), 'utf8'),
  );
  return Object.fromEntries(Object.entries(services).map(([name, { secrets }]) => [name, secrets]));
}
