import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Part } from '../../../scripts/system/part.ts';
import { findDaprd } from '../../../scripts/system/parts/daprd.ts';
import { findSentry } from '../../../scripts/system/parts/sentry.ts';
import { planReplica } from '../../../scripts/system/parts/service.ts';
import { freePorts } from '../../../scripts/system/ports.ts';
import { answers } from '../../../scripts/system/probe.ts';
import type { KubeObject } from '../../deploy/rendering.ts';
import { NAMESPACE } from '../../deploy/rendering.ts';

const HERE = '127.0.0.1';
const TOKENS = { dapr: 'a-token-for-the-sidecar', app: 'a-token-for-the-application' };

/** Sidecars that prove to each other who they are, by certificates of an authority of this run alone. */
export interface Identities {
  /** Starts the sidecar of a service with its configuration of the chart; gives the port of its API. `appPort`: who is behind it. */
  start(service: string, configuration: KubeObject, appPort?: number): Promise<number>;
  stop(): Promise<void>;
}

export const headers = { 'dapr-api-token': TOKENS.dapr, 'content-type': 'application/json' };

export async function startIdentities(folder: string): Promise<Identities> {
  const free = freePorts();
  const parts: Part[] = [];
  const begin = async (plan: Part['plan']) => {
    const logFile = join(folder, `${plan.name}.log`);
    const part = new Part(plan, { logFile, pidFolder: join(folder, 'pids'), say: () => undefined });
    parts.push(part);
    part.start();
    await part.whenReady();
  };
  const credentials = join(folder, 'credentials');
  mkdirSync(credentials, { recursive: true });
  const [grpc, metrics, health] = [await free(), await free(), await free()];
  const settings = {
    ...{ config: writeConfiguration(folder, 'sentry', { spec: {} }), 'issuer-credentials': credentials, port: grpc },
    ...{ 'listen-address': HERE, 'metrics-port': metrics, 'metrics-listen-address': HERE },
    ...{ 'healthz-port': health, 'healthz-listen-address': HERE },
  };
  const env = { PATH: process.env.PATH, HOME: folder };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  await begin({
    ...{ name: 'sentry', command: { file: await findSentry(() => undefined), args, env, cwd: folder }, ports: { grpc } },
    ...{ ready: () => answers(`http://${HERE}:${health}/healthz`), readyTimeoutMs: 30_000, stopTimeoutMs: 5_000 },
  });
  const daprd = await findDaprd(() => undefined);
  return {
    start: async (service, configuration, appPort) => {
      const [http, inner, internal, measured] = [await free(), await free(), await free(), await free()];
      const nothing = join(folder, 'nothing');
      mkdirSync(nothing, { recursive: true });
      const [sidecar] = planReplica({
        ...{ service, instance: service, main: '', daprd, tokens: TOKENS, env: {}, watch: false, sidecarMetrics: false },
        trust: { service: {}, sidecar: identity(readFileSync(join(credentials, 'ca.crt'), 'utf8')) },
        folders: { resources: nothing, own: () => nothing, config: () => writeConfiguration(folder, service, configuration) },
        ports: { name: service, app: appPort ?? 0, http, grpc: inner, internal, metrics: measured },
      });
      if (!sidecar) throw new Error(`${service} has no sidecar`);
      const more = ['--enable-mtls', `--sentry-address=${HERE}:${grpc}`, '--enable-app-health-check=false'];
      await begin({ ...sidecar, command: { ...sidecar.command, args: [...sidecar.command.args, ...more] } });
      return http;
    },
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}

const identity = (anchors: string) => ({ DAPR_TRUST_ANCHORS: anchors, NAMESPACE });

/** As the cluster would hand it to the sidecar, but for the way to others. */
function writeConfiguration(folder: string, service: string, { spec }: Pick<KubeObject, 'spec'>): string {
  const file = join(folder, `${service}-configuration.yaml`);
  const connectionString = join(folder, 'names.db');
  const nameResolution = { component: 'sqlite', version: 'v1', configuration: { connectionString } };
  const resource = { apiVersion: 'dapr.io/v1alpha1', kind: 'Configuration', metadata: { name: service } };
  writeFileSync(file, stringify({ ...resource, spec: { ...spec, nameResolution } }));
  return file;
}
