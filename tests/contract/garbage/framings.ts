/** What of a request a smuggler wants to reach a service: nothing may ever ask for it. */
export const SMUGGLED = '/orders/smuggled';

const inner = (prefix: string) => `GET ${prefix}${SMUGGLED} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** Names of Transfer-Encoding that a front might pass over and a back might not. */
const OBFUSCATED = [
  ...['Transfer-Encoding: xchunked', 'Transfer-Encoding : chunked', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x'],
  ...[
    'Transfer-Encoding:\tchunked',
    'X: x\r\n\tTransfer-Encoding: chunked',
    ' Transfer-Encoding: chunked',
    'Transfer-Encoding\r\n : chunked',
  ],
  ...[
    'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked, identity',
  ],
  ...['Transfer-Encoding: identity', 'Transfer-Encoding: ', 'Transfer_Encoding: chunked', 'Transfer-Encoding: chunked\u0000'],
  ...[
    'Transfer-Encoding: chunked;x=y',
    'Transfer-Encoding: chunked,',
    'Transfer-Encoding:\u000bchunked',
    'Transfer-Encoding: CHUNKED ,gzip',
  ],
  ...['X: y\nTransfer-Encoding: chunked', 'X: y\rTransfer-Encoding: chunked', 'Foo: bar\r\n\rTransfer-Encoding: chunked'],
];

const LENGTHS = [
  '-1',
  '+5',
  '0x5',
  '5, 5',
  '5,6',
  '5 5',
  '',
  'five',
  '5.0',
  '1e1',
  '18446744073709551616',
  '9'.repeat(400),
  '\u0665',
  '5\u0000',
];

const CHUNKS = [
  ...[
    'FFFFFFFFFFFFFFFF\r\n',
    '10000000000000000\r\n',
    '-5\r\n',
    '0x5\r\nhello\r\n0\r\n\r\n',
    ' 5\r\nhello\r\n0\r\n\r\n',
    'g\r\n\r\n',
  ],
  ...[
    '5\nhello\n0\n\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhelloXX0\r\n\r\n',
    `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    '5;x="\r\nhello\r\n0\r\n\r\n',
  ],
  ...[
    '5;a\nb\r\nhello\r\n0\r\n\r\n',
    '5\rhello\r0\r\r',
    '00000000000000000000005\r\nhello\r\n0\r\n\r\n',
    '0\r\nContent-Length: 5\r\n\r\nhello',
  ],
  ...[
    '0\r\nAuthorization: Bearer x\r\nTransfer-Encoding: x\r\n\r\n',
    '0\r\n\r',
    `${'1\r\nx\r\n'.repeat(5_000)}0\r\n\r\n`,
    '5\r\nhello\r\n',
  ],
];

/** Messages in which two readers could see the end of the body in two places. `head` is all of a POST's head but what frames it. */
export function framings(head: string, prefix: string): string[] {
  const hidden = inner(prefix);
  const both = (encoding: string) => [
    `${head}Content-Length: ${hidden.length + 5}\r\n${encoding}\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}${encoding}\r\nContent-Length: 4\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
  ];
  return [
    ...['Transfer-Encoding: chunked', ...OBFUSCATED].flatMap(both),
    ...LENGTHS.map((length) => `${head}Content-Length: ${length}\r\n\r\nhello`),
    `${head}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `${head}Content-Length: ${hidden.length}\r\nContent-Length: 0\r\n\r\n${hidden}`,
    `${head}Content-Length : ${hidden.length}\r\n\r\n${hidden}`,
    `${head}Content-Length: 5\r\n hello\r\n\r\nhello`,
    ...CHUNKS.map((chunks) => `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`),
  ];
}
