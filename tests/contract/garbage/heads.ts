import { randomBytes } from 'node:crypto';

const long = (length: number) => 'x'.repeat(length);
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\r\n');

const METHODS = [
  'get',
  'FOO',
  'TRACE',
  'TRACK',
  'CONNECT',
  'PRI',
  'M-SEARCH',
  'PROPFIND',
  'QUERY',
  'PURGE',
  'LINK',
  'G\u0000T',
  '',
  long(5_000),
];
const VERSIONS = [
  '',
  ' HTTP/0.9',
  ' HTTP/1.0',
  ' HTTP/1.2',
  ' HTTP/2.0',
  ' HTTP/9.9',
  ' HTTP/1.1 ',
  ' http/1.1',
  ' HTTP/1,1',
  ' RTSP/1.0',
  ' HTTP/1.1x',
  ' HTTP/',
];

const targets = (path: string) => [
  ...[
    `http://127.0.0.1${path}`,
    `http://evil.example${path}`,
    `https://u:p@evil.example:1${path}`,
    `ftp://x${path}`,
    'http://',
    'x:y',
    '*',
    '/',
  ],
  ...[
    `//evil.example${path}`,
    `/..${path}`,
    `/.%2e${path}`,
    `${path}/../../internal/orders`,
    `${path}%2f..%2f..`,
    `${path}\\..\\..`,
    `\\${path}`,
  ],
  ...[
    `${path}%00`,
    `${path}%`,
    `${path}%ZZ`,
    `${path}%c0%af`,
    `${path}%u0041`,
    `${path};x=y`,
    `${path}#x`,
    `${path}?#`,
    `${path}??`,
    `${path} x`,
  ],
  ...[
    `${path}\t`,
    `${path}\u0000`,
    `${path}\u00ff\u00fe`,
    `${path}?${long(8_000)}`,
    `/${long(15_000)}`,
    `/${long(70_000)}`,
    `${path}${'/'.repeat(5_000)}`,
  ],
  ...[
    `${path}?${'a=b&'.repeat(3_000)}`,
    `${path}?__proto__[x]=1&constructor=2`,
    `${path}?a[b][c]=d&a[]=1`,
    `${path}?limit=-1&limit=1e9&cursor=%00`,
  ],
  ...[
    `${path}?cursor=${long(6_000)}`,
    `${path}?%F0%9F%98=1`,
    '/dapr/subscribe',
    '/internal/clock',
    '/metrics/../dapr/config',
    '/socket.io/?EIO=4&transport=polling&sid=x',
  ],
];

const headers = () => [
  ...[
    'Expect: 100-continue',
    'Expect: nonsense',
    'Expect: 100-continue, x',
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x',
  ],
  ...[
    'Upgrade: websocket\r\nConnection: Upgrade',
    'Upgrade: TLS/1.0\r\nConnection: Upgrade',
    'Range: bytes=0-',
    'Range: bytes=-1,9-1,x',
    `Range: bytes=${'0-,'.repeat(2_000)}`,
  ],
  ...[
    'If-Match: "v1"',
    'If-Match: W/"v-1"',
    `If-None-Match: ${'"x",'.repeat(2_000)}`,
    'If-Modified-Since: x',
    `Idempotency-Key: ${long(300)}`,
    'Idempotency-Key: \u0001',
  ],
  ...[
    'Accept-Encoding: gzip;q=x, *;q=0',
    `Accept-Encoding: ${'gzip,'.repeat(2_000)}`,
    'Accept: \u0000',
    `Accept-Language: ${'de-x;q=0.1,'.repeat(1_000)}`,
  ],
  ...[
    `Traceparent: 00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    `Traceparent: ${long(4_000)}`,
    'Traceparent: ff-x',
    `X-Request-Id: ${long(4_000)}`,
    'X-Request-Id: \u001b[31m',
  ],
  ...[
    'X-Forwarded-For: 1.2.3.4, ::1, x',
    `X-Forwarded-For: ${'1.1.1.1,'.repeat(1_500)}`,
    'X-Forwarded-Proto: javascript',
    'Forwarded: for="_x";by=\u0000',
    'X-Souk-Client-Ip: x',
  ],
  ...[
    'Connection: authorization, host, content-length',
    'Connection: close, keep-alive',
    'Connection: ',
    'TE: trailers, chunked',
    'Trailer: Authorization',
    'Keep-Alive: timeout=x',
  ],
  ...[
    '__proto__: x',
    'constructor: x',
    'toString: x',
    'hasOwnProperty: x',
    ': x',
    'x',
    'x y: z',
    'x\u0000: y',
    'x: y\u0000z',
    'x: \u007f',
    'x : y',
    '\u00fcber: x',
    '(x): y',
  ],
  ...[
    'x: a\r\n b',
    'x: a\nb: c',
    'x: a\rb: c',
    'Host: a\r\nHost: b',
    'Host: ',
    'Host: a b',
    `Host: ${long(300)}`,
    'Cookie: a=b; a=c; =; ;;',
    `Cookie: ${'a=b; '.repeat(3_000)}`,
  ],
  ...[
    `x: ${long(15_000)}`,
    `x: ${long(65_536)}`,
    many(500, (index) => `h${index}: x`),
    many(3_000, (index) => `h${index}: x`),
    many(2_500, () => 'x: y'),
  ],
  ...[
    many(4_000, () => 'a:'),
    `Authorization: Bearer ${long(9_000)}`,
    'Authorization: \u00ff',
    'Authorization: Bearer x\r\nAuthorization: Basic x',
    'Content-Type: \u0000',
  ],
];

/** Other protocols, and none. */
const STRANGE: readonly (Buffer | string)[] = [
  ...[
    '\r\n\r\n\r\n',
    '\n\n',
    '\u0000',
    ' ',
    'GET',
    'GET /',
    'GET /\r\n',
    'GET / HTTP/1.1',
    'GET / HTTP/1.1\r\n',
    'GET / HTTP/1.1\r\nHost',
  ],
  ...[
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'SSH-2.0-x\r\n',
    'EHLO x\r\n',
    '*1\r\n$4\r\nPING\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'AMQP\u0000\u0000\u0009\u0001',
    '{"a":1}\n',
  ],
  ...[
    `GET${' '.repeat(5_000)}/ HTTP/1.1\r\n\r\n`,
    `${'\r\n'.repeat(20_000)}`,
    'GET\t/\tHTTP/1.1\r\n\r\n',
    '\ufeffGET / HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  Buffer.from('16030100ca010000c60303', 'hex'),
  Buffer.from('300c020101600702010304008000', 'hex'),
  Buffer.alloc(70_000, 0x41),
  Buffer.alloc(70_000),
];

/** Requests whose head is not as it must be. `start` is the rest of the head of a sound request, `path` what it asks for. */
export function heads(path: string, start: string): (Buffer | string)[] {
  const end = `${start}\r\n`;
  return [
    ...METHODS.map((method) => `${method} ${path} HTTP/1.1\r\n${end}`),
    ...VERSIONS.map((version) => `GET ${path}${version}\r\n${end}`),
    ...targets(path).map((target) => `GET ${target} HTTP/1.1\r\n${end}`),
    ...targets(path).map((target) => `POST ${target} HTTP/1.1\r\n${start}Content-Length: 2\r\n\r\n{}`),
    ...headers().map((line) => `GET ${path} HTTP/1.1\r\n${start}${line}\r\n\r\n`),
    ...headers().map(
      (line) => `POST ${path} HTTP/1.1\r\n${line}\r\n${start}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    ),
    ...STRANGE,
    randomBytes(3_000),
  ];
}
