import type { RequestListener } from 'node:http';

const pad = 'x'.repeat(1_000);
const answer = Buffer.from(JSON.stringify({ id: 'order', pad }));
const operation = (security: object[]) => ({ get: { security, responses: {} } });
const document = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'bench', description: 'A service that costs nothing.' },
  paths: {
    '/orders/{id}': operation([{ bearer: [] }]),
    '/orders/public/{id}': operation([]),
    '/products': operation([{}, { bearer: [] }]),
  },
  components: { schemas: {} },
});
const bodies: Record<string, string> = { '/openapi.json': document, '/dapr/subscribe': '[]' };

/**
 * A service that costs next to nothing: 1 kB of JSON to whatever is asked. Its declarations have one read for those with a token, one for
 * all, and one of the catalogue's, which is what the gateway makes its routes of.
 */
export const answerAtOnce: RequestListener = ({ url = '' }, response) => {
  const body = bodies[url] ?? answer;
  // What else a sidecar asks of an application it need not have.
  const status = url.startsWith('/dapr/') && body === answer ? 404 : 200;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
};
