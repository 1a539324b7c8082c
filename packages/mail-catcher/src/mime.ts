/** What a mail is to whoever reads it back: addresses without names, text and HTML decoded. */
export interface Mail {
  subject: string;
  from: string;
  to: string[];
  text: string;
  html: string;
  headers: Record<string, string>;
}

interface Entity {
  headers: Record<string, string>;
  body: string;
}

/** Reads a message as nodemailer and other common senders write it (RFC 5322, MIME): multipart, quoted-printable, base64. */
export function parseMail(source: Buffer): Mail {
  // Latin-1 keeps each byte as one character until the charset of its part is known.
  const message = splitEntity(source.toString('latin1'));
  const found = { text: '', html: '' };
  collectBodies(message, found);
  return {
    subject: decodeWords(message.headers.subject ?? ''),
    from: addressesOf(message.headers.from)[0] ?? '',
    to: addressesOf(message.headers.to),
    ...found,
    headers: message.headers,
  };
}

function splitEntity(source: string): Entity {
  const [, head = '', body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(source) ?? [source, source, ''];
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body };
}

function collectBodies(entity: Entity, found: { text: string; html: string }): void {
  const type = entity.headers['content-type'] ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) {
    const parts = entity.body.split(`--${boundary}`).slice(1, -1);
    for (const part of parts) collectBodies(splitEntity(part.replace(/^\r?\n/, '')), found);
    return;
  }
  const charset = /charset="?([^";]+)"?/i.exec(type)?.[1] ?? 'utf-8';
  const text = decodeBody(entity, charset).replace(/\r\n/g, '\n').trimEnd();
  if (/^text\/html/i.test(type)) found.html ||= text;
  else if (/^text\//i.test(type)) found.text ||= text;
}

function decodeBody({ headers, body }: Entity, charset: string): string {
  const encoding = (headers['content-transfer-encoding'] ?? '7bit').toLowerCase();
  if (encoding === 'base64') return decode(Buffer.from(body, 'base64'), charset);
  if (encoding === 'quoted-printable') return decode(unquote(body.replace(/=\r?\n/g, '')), charset);
  return decode(Buffer.from(body, 'latin1'), charset);
}

function unquote(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // A charset nobody knows: readable in part is better than lost.
  }
}

/** Encoded words of a header (RFC 2047); the space between two of them is not part of the text. */
function decodeWords(header: string): string {
  const joined = header.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?[^?]+\?[BQ]\?[^?]*\?=/gi, (word) => {
    const [, charset = 'utf-8', kind = 'B', text = ''] = word.split('?');
    return decode(kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : unquote(text.replaceAll('_', ' ')), charset);
  });
}

function addressesOf(header = ''): string[] {
  return header.split(',').flatMap((one) => /<([^<>]+)>/.exec(one)?.[1] ?? /\S+@\S+/.exec(one)?.[0] ?? []);
}
