import type { Envelope, EventContract } from '@souk/contracts';
import { newId } from '@souk/service-kit';

/** What a test may say of an event it delivers; the rest is made up soundly. */
export interface DeliveryOptions {
  companyId?: string | undefined;
  subject?: string;
  sequence?: number;
  id?: string;
  actorId?: string;
  time?: string;
  position?: number;
}

let position = 0;

/** An envelope as its producer's relay would publish it. */
export function envelopeFor<Data>(contract: EventContract<Data>, data: Data, options: DeliveryOptions = {}): Envelope<Data> {
  position += 1;
  const found: Record<string, unknown> = { ...(data as object) };
  const companyId = options.companyId ?? (typeof found.companyId === 'string' ? found.companyId : undefined);
  return {
    specversion: '1.0',
    id: options.id ?? newId(),
    source: `/services/${contract.producer}`,
    type: contract.type,
    subject: options.subject ?? String(found[`${contract.type.split('.')[0]}Id`] ?? newId()),
    time: options.time ?? new Date().toISOString(),
    dataschema: `https://souk.dev/events/${contract.type}/${contract.version}`,
    ...(companyId && { companyid: companyId }),
    sequence: options.sequence ?? position * 1000,
    position: options.position ?? position,
    ...(options.actorId && { actorid: options.actorId }),
    requestid: newId(),
    data,
  };
}
