import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../../../scripts/demo/api.ts';
import { signIn } from '../../../scripts/demo/people.ts';
import type { System } from '../../../scripts/system/index.ts';
import { startSystem } from '../../../scripts/system/index.ts';
import { spentBy, spentPerOrder } from '../orders/spent.ts';
import { median, roundsOf } from '../rounds.ts';
import type { BenchProcess } from './process.ts';
import { UNLIMITED } from './service-environment.ts';
import type { Way } from './ways.ts';
import { CONNECTIONS, sendAlong, tableOf, warmUp } from './ways.ts';

const ROUNDS = roundsOf(11, 3);
/** What a read passes: the gateway, its sidecar, that of the service, and the service. */
const ON_THE_WAY = ['gateway', 'sidecars', 'sales'];

interface Sent {
  load: BenchProcess<object>;
  bare: Way;
  path: string;
  seconds: number;
  warmSeconds: number;
}

/** The same reads through real sidecars, of the gateway and of the service, in turns with the bare proxy: no ratio that has a bar. */
export async function throughSidecars(sent: Sent): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'souk-bench-'));
  const system = await startSystem({
    ...{ dir, ports: 'free', only: ['gateway', 'auth', 'sales'] },
    mains: { sales: join(import.meta.dirname, 'upstream-main.ts') },
    env: {
      '*': { LOG_LEVEL: 'warn' },
      auth: { NODE_ENV: 'development', BCRYPT_COST: '4' },
      gateway: { ...UNLIMITED, LIMIT_SIGN_IN_PER_IP: '100000', LIMIT_SIGN_IN_PER_ACCOUNT: '100000' },
    },
  });
  try {
    return await compare(system, sent);
  } finally {
    await system.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compare(system: System, { load, bare, path, seconds, warmSeconds }: Sent): Promise<string[]> {
  const tokens = await signInOften(system, path.slice('/api'.length));
  const spentUs = async () =>
    [...spentBy(system)].reduce((us, [part, ms]) => us + (ON_THE_WAY.includes(part) ? ms * 1_000 : 0), 0);
  const what = 'gateway, with its sidecar, the sidecar of the service and the service';
  const port = Number(new URL(system.gatewayUrl).port);
  const beside: Way = { what, ask: { port, path, tokens }, spentUs, rates: [], costsUs: [] };
  const alone: Way = { ...bare, rates: [], costsUs: [] };
  await warmUp(load, [alone, beside], warmSeconds);
  let reads = 0;
  const parts = { before: spentBy(system), after: new Map<string, number>() };
  for (let round = 0; round < ROUNDS; round += 1) {
    await sendAlong(load, alone, seconds);
    reads += (await sendAlong(load, beside, seconds)).perSecond * seconds;
  }
  parts.after = spentBy(system);
  const each = spentPerOrder(parts.before, parts.after, reads).filter(([part]) => ON_THE_WAY.includes(part));
  return [
    '',
    `The same with sidecars on, ${ROUNDS} rounds in turns with the bare proxy: **${median(ratios(alone, beside)).toFixed(2)}** of its reads. daprd is there twice, for the`,
    'gateway and for the service, and calls itself by gRPC in between.',
    '',
    ...tableOf([alone, beside]),
    '',
    `Of that, per read: ${each.map(([part, ms]) => `${part} ${(ms * 1_000).toFixed(0)} us`).join(', ')}.`,
  ];
}

const ratios = (alone: Way, beside: Way): number[] =>
  beside.rates.map((rate, round) => rate / (alone.rates[round] ?? Number.NaN));

/** A token for each connection, once reads with one are answered. */
async function signInOften({ gatewayUrl, secrets }: System, path: string): Promise<string[]> {
  const api = new Api(gatewayUrl);
  const { 'super-admin-email': email = '', 'super-admin-password': password = '' } = secrets;
  const tokens: string[] = [];
  while (tokens.length < CONNECTIONS) tokens.push((await signIn(api, { email, password })).token);
  await api.insist('GET', path, { token: tokens[0] });
  await api.close();
  return tokens;
}
