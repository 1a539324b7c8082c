// Writes what the containers of compose.yaml read into the volume they share: secrets, which are drawn once and kept, the broker's
// definitions, and Dapr's resources. A second run changes nothing that running containers read, unless what it is made from has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDeclarations } from '../system/declarations.ts';
import { loadApps, loadEventDeclarations } from '../system/declarations.ts';
import { root } from '../system/places.ts';
import type { ServiceSecrets } from '../system/render.ts';
import { renderDapr } from '../system/render.ts';
import type { Secrets } from '../system/secrets.ts';
import { keepSecrets, randomSecret, secretsFor, writePrivately } from '../system/secrets.ts';
import { stateFolder } from '../system/state.ts';
import type { BrokerUser } from '../system/topology.ts';
import { rabbitDefinitions } from '../system/topology.ts';
import { daprFolder, definitionsFile, need, secretsFile } from './state.ts';

/** Names of compose.yaml's services, under which containers reach each other. */
const ADDRESSES = {
  'mongodb-uri': 'mongodb://mongodb:27017/?directConnection=true',
  'sandbox-url': 'http://sandbox:8100',
  'smtp-url': 'smtp://mail:1025',
};
const BROKER = 'rabbitmq:5672';
const ADMINISTRATOR = 'souk';

const services = loadApps().map(({ name }) => name);
const secrets = keepAll();
const declared = await loadEventDeclarations();
writeFileSync(definitionsFile(), JSON.stringify(definitionsOf(declared)));
renderChanged(
  Object.fromEntries(services.map((name) => [name, { has: secretsOfSidecar(name), handsOut: declared.secrets[name] ?? [] }])),
);

/** Those of a system on one machine, and a password at the broker for each sidecar. */
function keepAll(): Secrets {
  const passwords = Object.fromEntries(services.map((name) => [passwordName(name), randomSecret()]));
  const all = { ...passwords, ...keepSecrets(secretsFile()) };
  writePrivately(secretsFile(), JSON.stringify(all, null, 2));
  return all;
}

function passwordName(service: string): string {
  return `rabbitmq-${service}`;
}

function definitionsOf({ queues, publishes }: EventDeclarations): object {
  const users = services.map((name): BrokerUser => {
    return { name, password: need(secrets, passwordName(name)), writes: publishes[name] ?? [] };
  });
  const administrator = { name: ADMINISTRATOR, password: need(secrets, 'rabbitmq-password'), administrator: true };
  return rabbitDefinitions(queues, [administrator, ...users]);
}

/** Tokens reach a sidecar by its environment, and no sidecar has the broker's other passwords. */
function secretsOfSidecar(service: string): Secrets {
  const shared = Object.entries(secrets).filter(([name]) => !name.startsWith('rabbitmq-') && !name.endsWith('-api-token'));
  const uri = `amqp://${service}:${need(secrets, passwordName(service))}@${BROKER}/`;
  const all = { ...Object.fromEntries(shared), ...given() };
  return { ...secretsFor(service, all), ...ADDRESSES, 'rabbitmq-uri': uri };
}

/** Drawn by others, and not kept: whoever starts the containers gives them each time. */
function given(): Secrets {
  const { OIDC_CLIENT_SECRETS } = process.env;
  return OIDC_CLIENT_SECRETS ? { 'oidc-client-secrets': OIDC_CLIENT_SECRETS } : {};
}

/** Rendering begins with an empty folder, which would take the names of each other from sidecars that run: so it is done for a reason. */
function renderChanged(secretsOf: Record<string, ServiceSecrets>): void {
  const markFile = join(stateFolder(), 'rendered-from');
  const mark = createHash('sha256')
    .update(JSON.stringify([secretsOf, sourcesOf('components'), sourcesOf('dapr')]))
    .digest('hex');
  if (existsSync(markFile) && readFileSync(markFile, 'utf8') === mark) return;
  renderDapr(daprFolder(), secretsOf);
  writeFileSync(markFile, mark);
}

function sourcesOf(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => readFileSync(join(root, folder, name), 'utf8'));
}
