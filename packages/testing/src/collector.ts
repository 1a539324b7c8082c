import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';

/** A span as a collector was told of it. */
export interface ExportedSpan {
  service: string;
  name: string;
  kind: 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  traceId: string;
  spanId: string;
  /** Empty for one that begins a trace. */
  parentId: string;
  attributes: Record<string, string | number>;
  /** Ids of the spans of other traces that it follows from. */
  links: string[];
  isError: boolean;
  startMs: number;
  endMs: number;
}

/** What an OTLP collector does: takes spans. */
export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** All spans so far, in the sequence in which they came. */
  readonly spans: readonly ExportedSpan[];
  close(): Promise<void>;
}

/** The parts of opentelemetry/proto/collector/trace/v1 and what it imports that are read here. */
const SCHEMA = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; Kind kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Link links = 13; Status status = 15;
  }
  enum Kind { UNSPECIFIED = 0; INTERNAL = 1; SERVER = 2; CLIENT = 3; PRODUCER = 4; CONSUMER = 5; }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; Value value = 2; }
  message Value { oneof value { string text = 1; bool flag = 2; int64 whole = 3; double number = 4; } }
`;
const request = protobuf.parse(SCHEMA).root.lookupType('Request');

interface Attribute {
  key: string;
  value: { text?: string; whole?: number; number?: number };
}

interface SpanMessage {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  name: string;
  kind: ExportedSpan['kind'];
  startTimeUnixNano: number;
  endTimeUnixNano: number;
  attributes: Attribute[];
  links: { spanId: Buffer }[];
  status: { code: number } | null;
}

interface RequestMessage {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: SpanMessage[] }[] }[];
}

/** An OTLP collector of a test's own, on a free port. */
export async function openCollector(): Promise<Collector> {
  const spans: ExportedSpan[] = [];
  const server = createServer((incoming, response) => void take(spans, incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function take(spans: ExportedSpan[], incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const isOurs = incoming.url === '/v1/traces' && incoming.headers['content-type'] === 'application/x-protobuf';
  if (isOurs) spans.push(...spansIn(body));
  response.writeHead(isOurs ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
}

function spansIn(body: Buffer): ExportedSpan[] {
  const options = { defaults: true, arrays: true, enums: String, longs: Number };
  const { resourceSpans } = request.toObject(request.decode(body), options) as RequestMessage;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(read(resource.attributes)['service.name']);
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => exported(service, span)));
  });
}

function exported(service: string, span: SpanMessage): ExportedSpan {
  return {
    service,
    ...{ name: span.name, kind: span.kind },
    traceId: span.traceId.toString('hex'),
    spanId: span.spanId.toString('hex'),
    parentId: span.parentSpanId.toString('hex'),
    attributes: read(span.attributes),
    links: span.links.map(({ spanId }) => spanId.toString('hex')),
    isError: span.status?.code === 2,
    startMs: span.startTimeUnixNano / 1e6,
    endMs: span.endTimeUnixNano / 1e6,
  };
}

const read = (attributes: Attribute[]): Record<string, string | number> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.text ?? value.whole ?? value.number ?? '']));
