import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate of 127.0.0.1 with its key, as files. */
export interface Identity {
  cert: string;
  key: string;
}

export interface Authority {
  /** The file of its own certificate. */
  file: string;
  identity: Identity;
}

/** An authority of this run alone, and the one certificate that it has signed. */
export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const settings = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...settings,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: `a server of ${name}` }], {
    ...settings,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const keep = (ending: string, text: string): string => {
    const file = join(folder, `${name}-${ending}`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    file: keep('ca.crt', authority.cert),
    identity: { cert: keep('server.crt', server.cert), key: keep('server.key', server.private) },
  };
}
