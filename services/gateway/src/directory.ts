import type { ServiceName } from '@souk/contracts';
import { PREFIXES, SERVICES } from '@souk/contracts';
import type { Logger, OpenApi } from '@souk/service-kit';
import { defineResource, mergeReferences } from '@souk/service-kit';
import { z } from 'zod';
import type { Lookup, Operation, RouteTree } from './routing.rules.ts';
import { isCatalogue, lookUp, plantRoutes, prefixOf } from './routing.rules.ts';
import type { Upstreams } from './upstreams.ts';
import { upstreams } from './upstreams.ts';

/** What of a service's document the routes are made from. */
const declarations = z.looseObject({
  info: z.looseObject({ description: z.string() }),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ security: z.array(z.record(z.string(), z.unknown())).optional() })),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const ASK_EVERY_MS = 500;
/** How long a service's new declarations may take to be known; one that has not answered yet is asked at each round. */
const REFRESH_MS = 30_000;
const ASK_TIMEOUT_MS = 5_000;

/** What all services declare, as far as they have answered: the routes, and the reference. */
export class Directory {
  readonly #log: Pick<Logger, 'error' | 'debug'>;
  readonly #owners = new Map(Object.entries(PREFIXES));
  readonly #texts = new Map<ServiceName, string>();
  readonly #operations = new Map<ServiceName, Operation[]>();
  #routes: RouteTree = plantRoutes([]);
  #reference: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(log: Pick<Logger, 'error' | 'debug'>) {
    this.#log = log;
  }

  /** Where a service's own path leads: `away` when its service has not said yet what it has. */
  find(method: string, path: string): Lookup | { kind: 'away' } {
    const owner = this.#owners.get(prefixOf(path));
    if (owner === undefined) return { kind: 'nowhere' };
    const found = lookUp(this.#routes, method, path);
    return found.kind === 'nowhere' && !this.#texts.has(owner) ? { kind: 'away' } : found;
  }

  /** Takes a service's OpenAPI document. Throws when it is none. */
  take(service: ServiceName, text: string): void {
    if (this.#texts.get(service) === text) return;
    const all = operationsOf(service, declarations.parse(JSON.parse(text)));
    const mine = all.filter(({ path }) => this.#owners.get(prefixOf(path)) === service);
    const foreign = all.filter((operation) => !mine.includes(operation)).map(({ method, path }) => `${method} ${path}`);
    if (foreign.length > 0)
      this.#log.error({ of: service, foreign }, 'a service declares paths that are not its own: they are not routed');
    this.#texts.set(service, text);
    this.#operations.set(service, mine);
    this.#routes = plantRoutes([...this.#operations.values()].flat());
    this.#reference = undefined;
  }

  /** One OpenAPI document of all that is routed and of `own`, as JSON. */
  reference(own: OpenApi): string {
    this.#reference ??= JSON.stringify(this.#merge(own));
    return this.#reference;
  }

  /** Begins to ask services for their documents: each until it has answered, then now and then. */
  follow(ways: Upstreams): void {
    void this.#round(ways, 0);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #round(ways: Upstreams, refreshAtMs: number): Promise<void> {
    const nowMs = performance.now();
    const isRefresh = nowMs >= refreshAtMs;
    const asked = SERVICES.filter((service) => service !== 'gateway' && (isRefresh || !this.#texts.has(service)));
    const askOne = async (service: ServiceName) => {
      const { status, text } = await ways.ask(service, '/openapi.json', ASK_TIMEOUT_MS);
      if (status === 200) this.take(service, text);
    };
    for (const outcome of await Promise.allSettled(asked.map(askOne)))
      if (outcome.status === 'rejected') this.#log.debug({ err: outcome.reason }, 'a service did not tell its operations');
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#round(ways, isRefresh ? nowMs + REFRESH_MS : refreshAtMs), ASK_EVERY_MS).unref();
  }

  #merge(own: OpenApi): OpenApi {
    return mergeReferences({
      own,
      documents: [...this.#texts].map(([service, text]) => ({ service, document: JSON.parse(text) as OpenApi })),
      prefix: '/api',
      routes: (service, path) => this.#owners.get(prefixOf(path)) === service,
      remembers: (method, path) => method === 'GET' && isCatalogue(path),
    });
  }
}

function operationsOf(service: ServiceName, document: z.infer<typeof declarations>): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]): Operation => {
      const isOptional = security.some((schemes) => Object.keys(schemes).length === 0);
      const read = isOptional ? 'optional' : 'required';
      return { service, method: method.toUpperCase(), path, security: security.length === 0 ? 'none' : read };
    }),
  );
}

/** The directory of this process, kept up by asking every service for its document. */
export const directory = defineResource<Directory>({
  name: 'directory',
  start: (runtime) => {
    const found = new Directory(runtime.log);
    found.follow(upstreams.of(runtime));
    return found;
  },
  stop: (found) => found.stop(),
});
