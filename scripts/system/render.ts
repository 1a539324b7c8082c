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
  config: string;
  /** The folder of one service's secret store. */
  own(service: string): string;
}

/** Writes what the sidecars read, from components/ and dapr/ with this system's paths and secrets. Secrets are private files. */
export function renderDapr(folder: string, secretsOf: Record<string, Secrets>): RenderedFolders {
  const resources = join(folder, 'resources');
  const config = join(folder, 'config.yaml');
  // Names of a system that ended would be handed out until they expire.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(resources, { recursive: true });
  for (const name of readdirSync(join(root, 'components')).filter((file) => file.endsWith('.yaml'))) {
    writeFileSync(join(resources, name), read('components', name));
  }
  writeFileSync(join(resources, 'resiliency.yaml'), read('dapr', 'resiliency.yaml'));
  writeFileSync(config, configuration(join(folder, 'names.db')));
  const own = (service: string): string => join(folder, 'services', service);
  for (const [service, secrets] of Object.entries(secretsOf)) {
    const file = join(folder, 'secrets', `${service}.json`);
    writePrivately(file, JSON.stringify(secrets));
    mkdirSync(own(service), { recursive: true });
    writeFileSync(
      join(own(service), 'secretstore.yaml'),
      read('dapr', 'local', 'secretstore.yaml').replace('SECRETS_FILE', JSON.stringify(file)),
    );
  }
  return { resources, config, own };
}

function configuration(namesFile: string): string {
  const file = parse(read('dapr', 'config.yaml'));
  const nameResolution = parse(read('dapr', 'local', 'name-resolution.yaml').replace('NAMES_FILE', JSON.stringify(namesFile)));
  return stringify({ ...file, spec: { ...file.spec, nameResolution } });
}

function read(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}
