import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { defineResource } from '@souk/service-kit';
import { config } from './config.ts';

const CIPHER = 'aes-256-gcm';
/** What NIST SP 800-38D recommends; drawn anew for each text, of which one key seals far fewer than the 2^32 it may. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what auth must read again, so that whoever reads the database alone cannot. */
export const sealing = defineResource({
  name: 'sealing',
  start(runtime) {
    const secret = config.of(runtime)['auth-sealing-key'];
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'souk auth sealing', 32)));
    return {
      /** Sealed for one `use`: put in another document's place it does not open. */
      seal(text: string, use: string): string {
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(use));
        return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
      },
      /** The text that was sealed. Throws when it was sealed with another key or for another use, or was changed. */
      open(sealed: string, use: string): string {
        const bytes = Buffer.from(sealed, 'base64url');
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(use))
          .setAuthTag(bytes.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
      },
    };
  },
});
