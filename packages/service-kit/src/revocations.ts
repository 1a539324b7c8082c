import { fetchJwks, listRevocations } from '@souk/contracts';
import type { Invoke } from './context.ts';
import type { Logger } from './log.ts';
import type { TokenVerifier } from './tokens.ts';

const EVERY_MS = 1_000;
const KEYS_EVERY_MS = 30_000;
/** Without an answer for this long, writes are refused: a revoked session could be among them. */
const STALE_MS = 30_000;
const TOKEN_SECONDS = 15 * 60;

/** Keeps a process's token verifier true: asks auth once a second which sessions ended, and now and then for its keys. */
export class RevocationWatch {
  readonly #verifier: TokenVerifier;
  readonly #invoke: Invoke;
  readonly #log: Logger;
  #cursor: string | undefined;
  #suspended: ReadonlyMap<string, string> = new Map();
  #answeredAtMs = 0;
  #keysAtMs = 0;
  #keySet = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(verifier: TokenVerifier, invoke: Invoke, log: Logger) {
    this.#verifier = verifier;
    this.#invoke = invoke;
    this.#log = log;
  }

  start(): void {
    void this.#tick();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether what we know of revocations is recent enough to let a token write. */
  get isFresh(): boolean {
    return Date.now() - this.#answeredAtMs < STALE_MS;
  }

  /** Whether auth has answered at all since the start: before that, no token can be let write. */
  get hasAnswered(): boolean {
    return this.#answeredAtMs > 0;
  }

  /** Why a company may not write now; undefined for one that may. */
  suspensionOf(companyId: string): string | undefined {
    return this.#suspended.get(companyId);
  }

  /** Asks once, now. */
  async poll(): Promise<void> {
    const { revocations, cursor, suspended, keySet } = await this.#invoke(listRevocations, { query: { after: this.#cursor } });
    for (const revocation of revocations) this.#verifier.revoke(revocation);
    this.#suspended = new Map(suspended.map(({ companyId, reason }) => [companyId, reason]));
    this.#cursor = cursor;
    this.#answeredAtMs = Date.now();
    if (keySet !== this.#keySet || Date.now() - this.#keysAtMs > KEYS_EVERY_MS) {
      this.#keysAtMs = Date.now();
      await this.#verifier.refreshKeys();
      this.#keySet = keySet;
      this.#verifier.forgetBefore(Date.now() / 1000 - 2 * TOKEN_SECONDS);
    }
  }

  async #tick(): Promise<void> {
    try {
      await this.poll();
    } catch (error) {
      this.#log.debug({ err: error }, 'auth did not tell its revocations');
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#tick(), EVERY_MS).unref();
  }
}

/** Auth's public keys, through the sidecar. */
export const jwksFrom = (invoke: Invoke) => async () => {
  const { keys } = await invoke(fetchJwks, {});
  return keys.map(({ kid, ...jwk }) => ({ kid, jwk }));
};
