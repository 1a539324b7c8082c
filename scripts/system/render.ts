import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { root } from './places.ts';
import type { Secrets } from './secrets.ts';
import { writePrivately } from './secrets.ts';

/** Where the sidecars of one system read their resources from. */
export interface RenderedFolders {
  /** Components and resiliency, the same for all; each sidecar keeps those whose scopes name it. */
  resources: string;
  /** The file of one sidecar's configuration. */
  config(service: string): string;
  /** The folder of one service's secret store. */
  own(service: string): string;
}

/** Where `renderDapr` writes, or has written, into `folder`. */
export function foldersIn(folder: string): RenderedFolders {
  return {
    resources: join(folder, 'resources'),
    config: (service) => join(folder, 'configurations', `${service}.yaml`),
    own: (service) => join(folder, 'services', service),
  };
}

/** The secrets of one service: what its sidecar has, and the names of those that it hands to its application. */
export interface ServiceSecrets {
  has: Secrets;
  handsOut: readonly string[];
}

/** Writes what the sidecars read, from components/ and dapr/ with this system's paths and secrets. Secrets are private files. */
export function renderDapr(folder: string, secretsOf: Record<string, ServiceSecrets>): RenderedFolders {
  const { resources, config, own } = foldersIn(folder);
  // Names of a system that ended would be handed out until they expire.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(resources, { recursive: true });
  mkdirSync(join(folder, 'configurations'), { recursive: true });
  for (const name of readdirSync(join(root, 'components')).filter((file) => file.endsWith('.yaml'))) {
    writeFileSync(join(resources, name), read('components', name));
  }
  writeFileSync(join(resources, 'resiliency.yaml'), read('dapr', 'resiliency.yaml'));
  for (const [service, { has, handsOut }] of Object.entries(secretsOf)) {
    const file = join(folder, 'secrets', `${service}.json`);
    writePrivately(file, JSON.stringify(has));
    writeFileSync(config(service), configuration(join(folder, 'names.db'), handsOut));
    mkdirSync(own(service), { recursive: true });
    writeFileSync(
      join(own(service), 'secretstore.yaml'),
      read('dapr', 'local', 'secretstore.yaml').replace('SECRETS_FILE', JSON.stringify(file)),
    );
  }
  return { resources, config, own };
}

/** As the chart has it for each service. Access control is not: it goes by certificates, which sidecars on one machine do without. */
function configuration(namesFile: string, handsOut: readonly string[]): string {
  const file = parse(read('dapr', 'config.yaml'));
  const nameResolution = parse(read('dapr', 'local', 'name-resolution.yaml').replace('NAMES_FILE', JSON.stringify(namesFile)));
  const scopes = [{ storeName: 'secrets', defaultAccess: 'deny', allowedSecrets: handsOut }];
  return stringify({ ...file, spec: { ...file.spec, nameResolution, secrets: { scopes } } });
}

function read(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}
