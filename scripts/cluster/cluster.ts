import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A node that runs, as the functions of this folder take it. */
export interface Cluster {
  /** Where its data, logs and certificates are. */
  folder: string;
  /** The first process of its namespaces: everything of the cluster ends with it. */
  init: number;
}

/** Addresses are the same in every cluster, because each has a network of its own; the node's is the one that the machine reaches. */
export const NODE = {
  name: 'node1',
  address: '10.99.0.1',
  machine: '10.99.0.254',
  prefix: 24,
  pods: '10.244.0.0/16',
  services: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dns: '10.96.0.10',
} as const;

export const apiUrl = `https://${NODE.address}:6443`;

export const pkiFile = ({ folder }: Pick<Cluster, 'folder'>, name: string): string => join(folder, 'pki', name);

export const containerdSocket = ({ folder }: Pick<Cluster, 'folder'>): string => join(folder, 'containerd.sock');

/** A file of `manifests` with its `${name}`s filled in. Throws when it asks for one that is not given. */
export function fillManifest(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(import.meta.dirname, 'manifests', name), 'utf8');
  return text.replace(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name} asks for ${key}`);
    return value;
  });
}
