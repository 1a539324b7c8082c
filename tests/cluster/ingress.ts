import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { NODE } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { systemProgram } from '../../scripts/cluster/programs.ts';

/** As values/souk.yaml names it: a name that leads to this machine, as a person's would to the load balancer. */
const HOST = 'localhost';
/** Where the controller answers on the node. */
export const INGRESS_PORT = 30_443;

export interface Entrance {
  url: string;
  /** The file of the authority that a client has to trust. */
  authority: string;
  close(): Promise<void>;
}

/** Makes a certificate for the Ingress and keeps it in the Secret that the release names. */
export async function keepCertificate(cluster: Cluster, namespace: string): Promise<string> {
  const [certificate, key] = [join(cluster.folder, 'ingress.crt'), join(cluster.folder, 'ingress.key')];
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(systemProgram('openssl'), ['req', ...made, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'souk-tls', namespace },
    stringData: { 'tls.crt': readFileSync(certificate, 'utf8'), 'tls.key': readFileSync(key, 'utf8') },
  };
  await kubectl(cluster, ['apply', '--filename=-'], JSON.stringify(secret));
  return certificate;
}

/** Passes what comes to a port of this machine on to the Ingress' controller, as a load balancer before the cluster does: TLS goes through. */
export async function openEntrance(authority: string): Promise<Entrance> {
  const server = createServer((from) => {
    const to = connect(INGRESS_PORT, NODE.address);
    from.pipe(to).pipe(from);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `https://${HOST}:${port}`, authority, close: () => new Promise((done) => server.close(() => done())) };
}

/** Writes down where the platform is, for tests that run against it. */
export function describePlace(file: string, place: object): string {
  writeFileSync(file, JSON.stringify(place), { mode: 0o600 });
  return file;
}
