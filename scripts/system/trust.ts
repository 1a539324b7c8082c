import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The environment by which processes are told whom to trust beside the authorities that the machine knows. */
export interface Trust {
  service: Record<string, string>;
  sidecar: Record<string, string>;
}

export const NO_TRUST: Trust = { service: {}, sidecar: {} };

/** What NODE_EXTRA_CA_CERTS names, for Node and for Go, which takes no further file but a folder of them: a copy in `folder`. */
export function keepTrust(folder: string): Trust {
  const { NODE_EXTRA_CA_CERTS: file } = process.env;
  if (!file) return NO_TRUST;
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, join(folder, 'ca.crt'));
  return { service: { NODE_EXTRA_CA_CERTS: file }, sidecar: { SSL_CERT_DIR: folder } };
}
