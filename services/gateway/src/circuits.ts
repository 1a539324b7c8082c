import type { ServiceName } from '@souk/contracts';
import type { Figure } from '@souk/service-kit';
import { DomainError, defineResource } from '@souk/service-kit';
import CircuitBreaker from 'opossum';
import { config } from './config.ts';
import { serviceAway } from './errors.ts';

/** Fewer requests than this in ten seconds say nothing of a service. */
const LEAST_REQUESTS = 10;
const MOST_FAILED_PERCENT = 50;

/** One circuit for each service: open, nothing is handed on to one that has stopped answering, and clients know at once. */
export interface Circuits {
  /**
   * Runs what asks a service, which says by `answered` when the service has begun to answer: from then on nothing counts against it.
   * Throws `gateway.service_away` without running when the circuit is open.
   */
  through<Value>(service: ServiceName, run: (answered: () => void) => Promise<Value>): Promise<Value>;
  /** 0 for a service that is asked, 1 for one that is not, 0.5 while one request tries it. */
  states(): Record<string, number>;
  close(): void;
}

type Attempt = () => Promise<void>;
type Circuit = CircuitBreaker<[Attempt], void>;

export const circuits = defineResource<Circuits>({
  name: 'circuits',
  start: (runtime) => {
    const openMs = config.of(runtime).CIRCUIT_OPEN_MS;
    const known = new Map<ServiceName, Circuit>();
    const circuitOf = (service: ServiceName): Circuit => {
      const circuit = known.get(service) ?? openCircuit(service, openMs);
      if (!known.has(service)) {
        known.set(service, circuit);
        circuit.on('open', () => runtime.log.warn({ to: service }, 'a service does not answer: it is not asked for a while'));
        circuit.on('close', () => runtime.log.info({ to: service }, 'a service answers again'));
      }
      return circuit;
    };
    return {
      through: (service, run) => pass(circuitOf(service), run, openMs),
      states: () =>
        Object.fromEntries([...known].map(([service, { opened, halfOpen }]) => [service, halfOpen ? 0.5 : Number(opened)])),
      close: () => {
        for (const circuit of known.values()) circuit.shutdown();
      },
    };
  },
  stop: (value) => value.close(),
});

const openCircuit = (name: string, resetTimeout: number): Circuit =>
  new CircuitBreaker((attempt: Attempt) => attempt(), {
    ...{ name, resetTimeout, timeout: false, rollingPercentilesEnabled: false, enableSnapshots: false },
    ...{ volumeThreshold: LEAST_REQUESTS, errorThresholdPercentage: MOST_FAILED_PERCENT },
    // What is wrong with the request, or with the client's connection, is no fault of the service.
    errorFilter: (error: unknown) => !(error instanceof DomainError && error.status >= 502),
  });

async function pass<Value>(circuit: Circuit, run: (answered: () => void) => Promise<Value>, openMs: number): Promise<Value> {
  let whole: Promise<Value> | undefined;
  const attempt = () =>
    new Promise<void>((resolve, reject) => {
      whole = run(resolve);
      whole.then(() => resolve(), reject);
    });
  try {
    await circuit.fire(attempt);
  } catch (error) {
    if (whole === undefined) throw serviceAway(undefined, { retryAfterSeconds: Math.ceil(openMs / 1_000) });
    throw error;
  }
  if (whole === undefined) throw serviceAway();
  return whole;
}

/** How the circuits stand, for a scrape. */
export const circuitFigure: Figure = {
  name: 'souk_circuit_open',
  help: 'Whether a service is left alone because it has stopped answering: 1 yes, 0.5 being tried, 0 no',
  label: 'upstream',
  read: async (ctx) => circuits.of(ctx).states(),
};
