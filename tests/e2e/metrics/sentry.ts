import { join } from 'node:path';
import { findSentry } from '../../../scripts/system/parts/sentry.ts';
import { root } from '../../../scripts/system/places.ts';
import { freePorts } from '../../../scripts/system/ports.ts';
import { answers } from '../../../scripts/system/probe.ts';
import { startBeside } from './part.ts';

/** Dapr's certificate authority with an issuer of its own making. No sidecar here asks it for anything: it is there to be scraped. */
export interface Sentry {
  metricsPort: number;
  stop(): Promise<void>;
}

export async function startSentry(): Promise<Sentry> {
  const file = await findSentry(() => undefined);
  const next = freePorts();
  const [grpc, metrics, health] = [await next(), await next(), await next()];
  const here = '127.0.0.1';
  const stop = await startBeside((folder) => {
    const settings = {
      ...{ config: join(root, 'dapr', 'config.yaml'), 'issuer-credentials': folder, 'log-level': 'warn' },
      ...{ port: grpc, 'listen-address': here, 'metrics-port': metrics, 'metrics-listen-address': here },
      ...{ 'healthz-port': health, 'healthz-listen-address': here },
    };
    const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    return {
      name: 'sentry',
      command: { file, args, env: { PATH: process.env.PATH, HOME: folder }, cwd: folder },
      ports: { grpc, metrics, health },
      ready: () => answers(`http://${here}:${health}/healthz`),
      readyTimeoutMs: 30_000,
      stopTimeoutMs: 5_000,
    };
  });
  return { metricsPort: metrics, stop };
}
