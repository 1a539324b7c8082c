import type { Attributes, Span } from '@opentelemetry/api';
import { errorTypeOf, failSpan, isSameTrace, isTracing, startSpan, traceparentOf } from './span.ts';
import type { Trace } from './trace.ts';
import { traceparentFrom, withTrace } from './trace.ts';

/** What is told of an event, by the names of OpenTelemetry's conventions for messaging and CloudEvents. */
interface Told {
  id: string;
  type: string;
  subject: string;
  requestId?: string | undefined;
}

function attributesOf({ id, type, subject, requestId }: Told, operation: 'send' | 'process'): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': operation,
    'messaging.message.id': id,
    'cloudevents.event_type': type,
    'cloudevents.event_subject': subject,
    ...(requestId !== undefined && { 'messaging.message.conversation_id': requestId }),
  };
}

/** An event as its producer keeps it. */
interface Recorded {
  _id: string;
  type: string;
  subject: string;
  traceparent?: string;
}

/** The spans of events that are recorded and not published yet. */
const publishing = new WeakMap<Recorded, Span>();

/**
 * An event with the traceparent that its consumers' spans belong under. While spans are recorded that is one of the event's own, from
 * when it was recorded until it is published: what is rolled back has none. An event that goes on with an earlier trace than its
 * cause's is linked to its cause.
 */
export function traceRecorded<Event extends Recorded>(event: Event, cause: Trace): Event {
  if (!isTracing()) return event;
  const { _id: id, type, subject, traceparent: wanted = '' } = event;
  const isOfCause = isSameTrace(wanted, cause.traceparent);
  const span = startSpan(`${type} publish`, {
    kind: 'PRODUCER',
    parent: isOfCause ? cause.traceparent : wanted,
    attributes: attributesOf({ id, type, subject, requestId: cause.requestId }, 'send'),
    follows: isOfCause ? undefined : cause.traceparent,
  });
  if (!span) return event;
  const traced = { ...event, traceparent: traceparentOf(span) };
  publishing.set(traced, span);
  return traced;
}

/** The broker has taken the events. Those that another process had recorded have their spans there, or went with it. */
export function tracePublished(events: readonly Recorded[]): void {
  if (!isTracing()) return;
  for (const event of events) {
    publishing.get(event)?.end();
    publishing.delete(event);
  }
}

/** An event as its consumer gets it. */
interface Received {
  id: string;
  type: string;
  subject: string;
  requestid?: string | undefined;
  traceparent?: string | undefined;
}

const ignore = (): void => undefined;

/** Works an event off in its producer's trace: as a span of its own, which `fail` marks when it is to come again or is set aside. */
export async function traceProcessing<Result>(
  event: Received,
  work: (fail: (error: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const { id, type, subject, requestid: requestId } = event;
  const parent = traceparentFrom(event.traceparent);
  const span = isTracing()
    ? startSpan(`${type} process`, {
        ...{ kind: 'CONSUMER', parent },
        attributes: attributesOf({ id, type, subject, requestId }, 'process'),
      })
    : undefined;
  const trace = { requestId: requestId ?? id, traceparent: span ? traceparentOf(span) : parent };
  try {
    return await withTrace(trace, () => work(span ? (error) => failSpan(span, errorTypeOf(error)) : ignore));
  } finally {
    span?.end();
  }
}
