import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'compression';
import onHeaders from 'on-headers';

/** Below this, packing costs more than it saves. */
const LEAST_BYTES = 1024;

/** As Express hands them to such a function, which looks at nothing of Express in them. */
type Packer = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
type Filter = (request: IncomingMessage, response: ServerResponse) => boolean;

const isText = compression.filter as Filter;
const pack = compression({ threshold: LEAST_BYTES, filter: isPackable as typeof compression.filter }) as Packer;

/**
 * Text and JSON is packed. Never what says no-store, as every answer with a token or about an account does: the size of what is packed
 * tells of a secret that stands beside something the reader chose.
 */
function isPackable(request: IncomingMessage, response: ServerResponse): boolean {
  return !/no-store/i.test(String(response.getHeader('cache-control') ?? '')) && isText(request, response);
}

/** Packs an answer that is still to come, for those who take it. */
export function packAnswer(request: IncomingMessage, response: ServerResponse): void {
  // Runs after the packer has decided. Packed bytes are not the same bytes, which a strong ETag would say (RFC 9110, 8.8.1).
  onHeaders(response, function weaken() {
    const etag = this.getHeader('etag');
    if (this.getHeader('content-encoding') !== undefined && typeof etag === 'string' && !etag.startsWith('W/'))
      this.setHeader('etag', `W/${etag}`);
  });
  pack(request, response, () => undefined);
}

/** Packs an answer whose headers are set and not sent yet. One that is not going to be packed is spared what that prepares. */
export function packBody(request: IncomingMessage, response: ServerResponse): void {
  if (!isPackable(request, response)) return;
  const isSmall = Number(response.getHeader('content-length')) < LEAST_BYTES;
  if (isSmall || request.headers['accept-encoding'] === undefined) response.appendHeader('vary', 'Accept-Encoding');
  else packAnswer(request, response);
}

/** With its head it fits what Node writes without keeping a copy. */
const MOST_AT_ONCE = 12 * 1024;

/**
 * Ends an answer with its whole body. Node joins a head with a string and writes them at once, a buffer it writes apart, which takes
 * twice as long; as latin1 the bytes stay what they are.
 */
export function endWith(response: ServerResponse, body: Buffer): void {
  if (body.length <= MOST_AT_ONCE) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}
