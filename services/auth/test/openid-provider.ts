import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CryptoKey } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const CLIENT_ID = 'souk';
export const CLIENT_SECRET = 'the-secret-of-the-client-at-its-provider';

/** What somebody at the provider does: who they are, and what the provider says wrongly in a test. */
export interface Visit {
  sub?: string;
  claims?: Record<string, unknown>;
  /** Signs with a key that the provider does not publish. */
  isForged?: boolean;
}

interface Grant extends Visit {
  challenge: string;
  nonce: string;
  redirectUri: string;
}

/** An OpenID provider over HTTP, which lets in whoever a test says. */
export class OpenIdProvider {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #grants = new Map<string, Grant>();
  readonly #keys: { own: CryptoKey; foreign: CryptoKey; jwk: object };
  /** Answered to every request instead of what it asks for. */
  failsWith: number | undefined;

  private constructor(keys: { own: CryptoKey; foreign: CryptoKey; jwk: object }) {
    this.#keys = keys;
  }

  static async open(): Promise<OpenIdProvider> {
    const own = await generateKeyPair('RS256');
    const { privateKey: foreign } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const provider = new OpenIdProvider({ own: own.privateKey, foreign, jwk });
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the provider's page sends the person back with. */
  visit(authorizationUrl: string, visit: Visit): { code: string; state: string; iss: string } {
    const asked = new URL(authorizationUrl).searchParams;
    const read = (name: string) => asked.get(name) ?? '';
    const isAsked = asked.get('response_type') === 'code' && asked.get('code_challenge_method') === 'S256';
    if (!isAsked || read('client_id') !== CLIENT_ID) throw new Error(`this is no request of ours: ${authorizationUrl}`);
    const code = randomUUID();
    const grant = { challenge: read('code_challenge'), nonce: read('nonce'), redirectUri: read('redirect_uri') };
    this.#grants.set(code, { ...visit, ...grant });
    return { code, state: read('state'), iss: this.issuer };
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    const { status, body } = this.failsWith ? { status: this.failsWith, body: {} } : await this.#content(pathname, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async #content(pathname: string, request: IncomingMessage): Promise<{ status: number; body: object }> {
    if (pathname === '/jwks') return { status: 200, body: { keys: [this.#keys.jwk] } };
    if (pathname === '/token') return this.#exchange(new URLSearchParams(await textOf(request)));
    return { status: 200, body: this.#metadata() };
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      ...{ id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'] },
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** RFC 6749 and RFC 7636: a code is taken once, from the client, with the verifier of its challenge. */
  async #exchange(form: URLSearchParams): Promise<{ status: number; body: object }> {
    const grant = this.#grants.get(form.get('code') ?? '');
    this.#grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isOurs = form.get('client_id') === CLIENT_ID && form.get('client_secret') === CLIENT_SECRET;
    if (!isOurs) return { status: 401, body: { error: 'invalid_client' } };
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri'))
      return { status: 400, body: { error: 'invalid_grant' } };
    return { status: 200, body: { access_token: randomUUID(), token_type: 'Bearer', id_token: await this.#idToken(grant) } };
  }

  #idToken({ sub = randomUUID(), nonce, claims, isForged }: Grant): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const said = { iss: this.issuer, aud: CLIENT_ID, sub, nonce, iat: now, exp: now + 300, ...claims };
    return new SignJWT(said)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(isForged ? this.#keys.foreign : this.#keys.own);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
