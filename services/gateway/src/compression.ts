import compression from 'compression';
import onHeaders from 'on-headers';

/** Below this, packing costs more than it saves. */
const LEAST_BYTES = 1024;

/**
 * Packs text and JSON for those who take it. Never what says no-store, as every answer with a token or about an account does: the size
 * of what is packed tells of a secret that stands beside something the reader chose.
 */
export function packAnswers(): ReturnType<typeof compression> {
  const pack = compression({
    threshold: LEAST_BYTES,
    filter: (request, response) =>
      !/no-store/i.test(String(response.getHeader('cache-control') ?? '')) && compression.filter(request, response),
  });
  return (request, response, next) => {
    // Runs after the packer has decided. Packed bytes are not the same bytes, which a strong ETag would say (RFC 9110, 8.8.1).
    onHeaders(response, function weaken() {
      const etag = this.getHeader('etag');
      if (this.getHeader('content-encoding') !== undefined && typeof etag === 'string' && !etag.startsWith('W/'))
        this.setHeader('etag', `W/${etag}`);
    });
    pack(request, response, next);
  };
}
