import { createHash, randomBytes } from 'node:crypto';
import { defineResource } from '@souk/service-kit';
import { dictionary } from '@zxcvbn-ts/language-common';
import bcrypt from 'bcrypt';
import { config } from './config.ts';
import { weakPassword } from './errors.ts';
import { isGuessable } from './login/password.rules.ts';

/** bcrypt reads 72 bytes and stops at a zero byte: a digest in letters makes every byte of a long password count. */
const prepared = (password: string): string => createHash('sha256').update(password.normalize('NFKC')).digest('base64');

/** Hashes passwords at the configured cost. */
export const passwords = defineResource({
  name: 'passwords',
  async start(runtime) {
    const { BCRYPT_COST } = config.of(runtime);
    const decoy = await bcrypt.hash(prepared(randomBytes(32).toString('base64')), BCRYPT_COST);
    return {
      hash: (password: string): Promise<string> => bcrypt.hash(prepared(password), BCRYPT_COST),
      /** Takes as long without a hash as with one, so that the time does not tell whether an account exists. */
      async matches(password: string, hash: string | undefined): Promise<boolean> {
        const isEqual = await bcrypt.compare(prepared(password), hash ?? decoy);
        return hash !== undefined && isEqual;
      },
      /** Whether a hash was made at another cost than today's. */
      isOutdated: (hash: string): boolean => bcrypt.getRounds(hash) !== BCRYPT_COST,
    };
  },
});

const common: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/**
 * Throws weakPassword when `password` is one of the 49,000 most common ones or is made of what is known of its owner. `field` is what the
 * body calls it.
 */
export function refuseWeak(password: string, owner: readonly string[], field = 'password'): void {
  if (!isGuessable(password, { isCommon: (word) => common.has(word), owner })) return;
  const error = { path: `body.${field}`, code: 'weak_password', message: 'choose one that others do not use' };
  throw weakPassword(undefined, { errors: [error] });
}
