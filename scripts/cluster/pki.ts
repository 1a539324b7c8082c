import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiUrl, NODE } from './cluster.ts';
import { systemProgram } from './programs.ts';

interface Certificate {
  subject: string;
  /** Of the folder's authorities; an authority of its own when there is none. */
  issuer?: string;
  /** Lines as X.509 extensions have them. */
  extensions: readonly string[];
}

const VALID_DAYS = '30';
const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const CLIENT = ['extendedKeyUsage=clientAuth'];
const SERVICE_NAMES = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'localhost',
];

/** Who speaks to the API server by a kubeconfig, as it knows them by their certificates. */
const USERS: Record<string, string> = {
  admin: '/O=system:masters/CN=admin',
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  proxy: '/CN=system:kube-proxy',
  kubelet: `/O=system:nodes/CN=system:node:${NODE.name}`,
};

/** Makes all keys, certificates and kubeconfigs of a cluster in `<folder>/pki`, among them an authority for Dapr. */
export function makePki(folder: string): void {
  const pki = join(folder, 'pki');
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  writeFileSync(join(pki, 'openssl.cnf'), '[req]\ndistinguished_name = names\n[names]\n');
  const issue = (name: string, certificate: Certificate): void => issueCertificate(pki, name, certificate);
  issue('ca', { subject: '/CN=kubernetes', extensions: AUTHORITY });
  const names = [...SERVICE_NAMES.map((name) => `DNS:${name}`), `IP:${NODE.apiService}`, `IP:${NODE.address}`, 'IP:127.0.0.1'];
  issue('apiserver', { subject: '/CN=kube-apiserver', issuer: 'ca', extensions: serverExtensions(names) });
  issue('apiserver-to-kubelet', { subject: '/O=system:masters/CN=kube-apiserver', issuer: 'ca', extensions: CLIENT });
  for (const [name, subject] of Object.entries(USERS)) {
    const extensions = name === 'kubelet' ? serverExtensions([`DNS:${NODE.name}`, `IP:${NODE.address}`]) : CLIENT;
    issue(name, { subject, issuer: 'ca', extensions });
    writeFileSync(join(pki, `${name}.kubeconfig`), kubeconfig(pki, name), { mode: 0o600 });
  }
  // Whoever the API server passes requests on to, metrics-server, trusts this authority and no other to name users.
  issue('front-proxy-ca', { subject: '/CN=front-proxy', extensions: AUTHORITY });
  issue('front-proxy', { subject: '/CN=front-proxy-client', issuer: 'front-proxy-ca', extensions: CLIENT });
  execFileSync(systemProgram('openssl'), [
    'ecparam',
    '-name',
    'prime256v1',
    '-genkey',
    '-noout',
    '-out',
    join(pki, 'service-accounts.key'),
  ]);
  // Dapr's sentry would make its own only after its pods have begun to wait for it.
  issue('dapr-root', { subject: '/CN=dapr-root', extensions: AUTHORITY });
  const intermediate = [
    'basicConstraints=critical,CA:TRUE,pathlen:0',
    'keyUsage=critical,keyCertSign,cRLSign',
    'subjectAltName=DNS:cluster.local',
  ];
  issue('dapr-issuer', { subject: '/CN=cluster.local', issuer: 'dapr-root', extensions: intermediate });
}

const serverExtensions = (names: readonly string[]): string[] => [
  'extendedKeyUsage=serverAuth,clientAuth',
  `subjectAltName=${names.join(',')}`,
];

function issueCertificate(pki: string, name: string, { subject, issuer, extensions }: Certificate): void {
  const file = (ending: string): string => join(pki, ending);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(`${name}.key`)];
  const signed = issuer === undefined ? [] : ['-CA', file(`${issuer}.crt`), '-CAkey', file(`${issuer}.key`)];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const args = [
    'req',
    '-x509',
    '-config',
    file('openssl.cnf'),
    ...key,
    ...signed,
    '-subj',
    subject,
    '-days',
    VALID_DAYS,
    ...added,
  ];
  execFileSync(systemProgram('openssl'), [...args, '-out', file(`${name}.crt`)], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** JSON is YAML. */
function kubeconfig(pki: string, name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'souk', cluster: { server: apiUrl, 'certificate-authority': join(pki, 'ca.crt') } }],
    users: [{ name, user: { 'client-certificate': join(pki, `${name}.crt`), 'client-key': join(pki, `${name}.key`) } }],
    contexts: [{ name: 'souk', context: { cluster: 'souk', user: name } }],
    'current-context': 'souk',
  });
}
