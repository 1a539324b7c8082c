import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectSecurely, createServer } from 'node:tls';
import { eventually } from '@souk/testing';
import { Part } from '../../../scripts/system/part.ts';
import { findRabbit, planRabbit } from '../../../scripts/system/parts/rabbitmq.ts';
import { findRedis } from '../../../scripts/system/parts/redis.ts';
import { freePorts } from '../../../scripts/system/ports.ts';
import { rabbitDefinitions } from '../../../scripts/system/topology.ts';
import type { Authority, Identity } from './authority.ts';

/** A server that speaks nothing but TLS to its clients. */
export interface SecureServer {
  url: string;
  stop(): Promise<void>;
}

export interface SecureRabbit extends SecureServer {
  managementUrl: string;
}

const ADMINISTRATOR = { name: 'administrator', password: 'a-password-of-this-run-alone' };

/** A broker whose only listener for AMQP is one of TLS. Its management is plain, for whoever defines it. */
export async function startRabbit(folder: string, { file, identity }: Authority): Promise<SecureRabbit> {
  const free = freePorts();
  const [amqp, management, brokerMetrics, distribution, epmd] = [
    await free(),
    await free(),
    await free(),
    await free(),
    await free(),
  ];
  const plans = planRabbit({
    ...{ folder, ports: { amqp, management, brokerMetrics, distribution, epmd }, programs: await findRabbit(() => undefined) },
    ...{ cookie: 'tls-test', administrator: ADMINISTRATOR },
    definitions: rabbitDefinitions([], [{ ...ADMINISTRATOR, administrator: true }]),
  });
  const configuration = join(folder, 'rabbitmq.conf');
  const plain = `listeners.tcp.1 = 127.0.0.1:${amqp}`;
  const secure = [
    'listeners.tcp = none',
    `listeners.ssl.1 = 127.0.0.1:${amqp}`,
    `ssl_options.cacertfile = ${file}`,
    `ssl_options.certfile = ${identity.cert}`,
    `ssl_options.keyfile = ${identity.key}`,
  ];
  const settings = readFileSync(configuration, 'utf8').split('\n');
  writeFileSync(configuration, settings.flatMap((line) => (line === plain ? secure : [line])).join('\n'));
  const folders = { pidFolder: join(folder, 'pids'), say: () => undefined };
  const parts = plans.map((plan) => new Part(plan, { logFile: join(folder, `${plan.name}.log`), ...folders }));
  for (const part of parts) {
    part.start();
    await part.whenReady();
  }
  return {
    url: `amqps://${ADMINISTRATOR.name}:${ADMINISTRATOR.password}@127.0.0.1:${amqp}/`,
    managementUrl: `http://127.0.0.1:${management}`,
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}

/** A Redis without a plain port. */
export async function startRedis(folder: string, { file, identity }: Authority): Promise<SecureServer> {
  const port = await freePorts()();
  const certificates = ['--tls-cert-file', identity.cert, '--tls-key-file', identity.key, '--tls-ca-cert-file', file];
  const listener = ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--tls-auth-clients', 'no'];
  const args = [...listener, ...certificates, '--save', '', '--dir', folder];
  const child = spawn(await findRedis(() => undefined), args, { stdio: 'ignore' });
  const ca = readFileSync(file);
  await eventually(async () => {
    const socket = connectSecurely({ host: '127.0.0.1', port, ca });
    await once(socket, 'secureConnect').finally(() => socket.destroy());
  });
  return {
    url: `rediss://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface SecureFront extends SecureServer {
  /** Bytes of clients that came through. */
  forwarded(): number;
  /** What clients said of its certificate when they went. */
  refusals(): string[];
}

/** TLS before a server that may not speak it itself, as the stand-in for `mongod`: what is inside goes on to `target` as it is. */
export async function startFront(target: string, { cert, key }: Identity): Promise<SecureFront> {
  const { hostname, port, search } = new URL(target);
  const sockets = new Set<Socket>();
  const refusals: string[] = [];
  let forwarded = 0;
  const note = (error: Error & { code?: string }) => refusals.push(error.code ?? error.message);
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (outer) => {
    const inner = connect(Number(port), hostname);
    for (const [one, other] of [[outer, inner] as const, [inner, outer] as const]) {
      sockets.add(one);
      one.on('close', () => [sockets.delete(one), other.destroy()]);
    }
    outer.on('error', note).on('data', ({ length }: Buffer) => {
      forwarded += length;
    });
    inner.on('error', () => undefined);
    outer.pipe(inner).pipe(outer);
  });
  server.on('tlsClientError', note);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const parameters = new URLSearchParams(search);
  parameters.set('tls', 'true');
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?${parameters}`,
    forwarded: () => forwarded,
    refusals: () => refusals,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}
