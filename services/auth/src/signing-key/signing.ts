import { ConfigError, defineResource } from '@souk/service-kit';
import { config } from '../config.ts';
import type { KeyPair } from './key-pair.ts';
import { keyPairOf } from './key-pair.ts';

/** The key of the configuration, and the pairs that were opened in this process, so that a login does not parse one. */
export const signing = defineResource({
  name: 'signing key',
  start(runtime) {
    const opened = new Map<string, KeyPair>();
    const pem = config.of(runtime)['auth-signing-key'];
    return {
      configured: configuredPair(pem),
      /** The pair of that id; of all others this process forgets the private half. */
      pairOf(kid: string, open: () => string): KeyPair {
        const known = opened.get(kid) ?? keyPairOf(open());
        opened.clear();
        opened.set(kid, known);
        return known;
      },
    };
  },
});

function configuredPair(pem: string): KeyPair {
  try {
    return keyPairOf(pem);
  } catch {
    throw new ConfigError('auth-signing-key must be a P-256 key');
  }
}
