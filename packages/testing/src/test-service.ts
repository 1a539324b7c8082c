import { randomBytes } from 'node:crypto';
import type { Envelope, EventContract } from '@souk/contracts';
import { listRevocations } from '@souk/contracts';
import type { RunningService, ServiceDefinition, Store } from '@souk/service-kit';
import { startService, system } from '@souk/service-kit';
import { Pool } from 'undici';
import type { Answer } from './answer.ts';
import { testDatabaseUri } from './database.ts';
import { watchDatabase } from './database-watch.ts';
import type { DeliveryOptions } from './deliver.ts';
import { envelopeFor } from './deliver.ts';
import { FakeSidecar } from './fake-sidecar.ts';
import type { Person } from './tokens.ts';
import { tokenFor } from './tokens.ts';

const TOKEN = 'a-token-for-tests-only';

export interface TestRequest {
  as?: Person;
  body?: unknown;
  /** Idempotency-Key. */
  key?: string;
  headers?: Record<string, string>;
  /** The service that asks, for internal endpoints. */
  app?: string;
}

export interface TestAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed when it is JSON, otherwise the text. */
  body: Answer;
}

/** A whole service in this process, on a database of its own, beside a fake sidecar. */
export class TestService {
  readonly sidecar: FakeSidecar;
  readonly running: RunningService;
  readonly #pool: Pool;
  readonly #clockMs = { offset: 0 };
  readonly #faults: string[];

  constructor(sidecar: FakeSidecar, running: RunningService) {
    this.sidecar = sidecar;
    this.running = running;
    const { database, service } = running.runtime;
    this.#faults = watchDatabase(database.driver, service.stores);
    this.#pool = new Pool(`http://127.0.0.1:${running.port}`, { connections: 64 });
  }

  get url(): string {
    return `http://127.0.0.1:${this.running.port}`;
  }

  get deadLetters(): Record<string, unknown>[] {
    return this.sidecar.deadLetters;
  }

  /** Asks the service as its sidecar would hand it on. */
  async request(method: string, path: string, options: TestRequest = {}): Promise<TestAnswer> {
    const { as, body, key, headers = {}, app } = options;
    const answer = await this.#pool.request({
      method,
      path,
      headers: {
        'dapr-api-token': TOKEN,
        ...(as && { authorization: `Bearer ${tokenFor(as, new Date(Date.now() + this.#clockMs.offset))}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(app !== undefined && { 'dapr-caller-app-id': app }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    return { status: answer.statusCode, headers: answer.headers, body: isJson && text.length > 0 ? JSON.parse(text) : text };
  }

  /** Delivers one event on its durable queue. */
  async deliver<Data>(contract: EventContract<Data>, data: Data, options?: DeliveryOptions): Promise<string> {
    return this.deliverEnvelope(envelopeFor(contract, data, options));
  }

  /** Delivers an envelope; a second time is a repeat. */
  async deliverEnvelope(event: Envelope): Promise<string> {
    const [status] = await this.deliverAll([event]);
    return status ?? 'none';
  }

  /** Delivers several in one batch, in the given sequence. */
  async deliverAll(events: readonly Envelope[]): Promise<string[]> {
    const body = { entries: events.map((event, index) => ({ entryId: String(index), event })) };
    const { statuses } = await this.running.deliveries.delivery.deliver(body);
    return [...statuses].sort((a, b) => Number(a.entryId) - Number(b.entryId)).map(({ status }) => status);
  }

  /** Tells this replica of an event, as its live queue would. */
  async tell<Data>(contract: EventContract<Data>, data: Data, options?: DeliveryOptions): Promise<void> {
    await this.running.deliveries.delivery.tell({ entries: [{ entryId: '0', event: envelopeFor(contract, data, options) }] });
  }

  /** What was published of a type so far, once the relay has nothing left to do. */
  async published<Data>(contract: EventContract<Data>): Promise<Envelope<Data>[]> {
    await this.running.runtime.relay.idle();
    return this.sidecar.published.filter((event): event is Envelope<Data> => event.type === contract.type);
  }

  /** A collection without a scope. */
  db<Doc extends object>(store: Store<Doc>) {
    return this.running.runtime.database.in(store, system('a test looks'));
  }

  /** Moves the service's clock forward. */
  advance(ms: number): void {
    const { clock } = this.running.runtime;
    if (!('advance' in clock)) throw new Error('the clock does not move');
    clock.advance(ms);
    this.#clockMs.offset += ms;
  }

  /** Lets auth say that these companies may not write. */
  async suspend(...companyIds: string[]): Promise<void> {
    const suspended = companyIds.map((companyId) => ({ companyId, reason: 'unpaid' }));
    this.sidecar.answer(listRevocations, () => ({ revocations: [], cursor: '0', suspended, keySet: '' }));
    await this.running.runtime.revocations.poll();
  }

  /** Runs a job of the service now. */
  async runJob(name: string): Promise<void> {
    const found = this.running.runtime.service.jobs.find((each) => each.name === name);
    if (!found) throw new Error(`there is no job ${name}`);
    await this.running.jobs.runNow(found);
  }

  /** Ends it. Throws when it asked its database for anything outside a scope. */
  async stop(): Promise<void> {
    await this.#pool.close();
    await this.running.stop();
    await this.sidecar.stop();
    if (this.#faults.length > 0) throw new Error(`outside a scope:\n${[...new Set(this.#faults)].join('\n')}`);
  }
}

/** Starts a service for a test. */
export async function startTestService(
  service: ServiceDefinition,
  options: { env?: Record<string, string>; secrets?: Record<string, string> } = {},
): Promise<TestService> {
  const secrets = { 'mongodb-uri': testDatabaseUri(`t${randomBytes(5).toString('hex')}`), ...options.secrets };
  const sidecar = new FakeSidecar({ token: TOKEN, secrets, appId: service.name });
  const port = await sidecar.start();
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    DAPR_HTTP_PORT: String(port),
    DAPR_API_TOKEN: TOKEN,
    APP_API_TOKEN: TOKEN,
    LOG_LEVEL: 'error',
    SOUK_TEST_CLOCK: 'true',
    SOUK_CHECK_WRITES: 'true',
    // Sweeps are asked for by the tests that are about them.
    SWEEP_EVERY_MS: '3600000',
    ...options.env,
  };
  const running = await startService(service, env).catch(async (error) => {
    await sidecar.stop();
    throw error;
  });
  await running.runtime.revocations.poll();
  return new TestService(sidecar, running);
}
