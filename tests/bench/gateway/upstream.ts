// A service that costs next to nothing: 1 kB of JSON to whatever is asked. Its declarations have one read for those with a token and one
// for all, which is what the gateway makes its routes of.
import { createServer } from 'node:http';
import { serveBench } from './process.ts';

const pad = 'x'.repeat(1_000);
const answer = Buffer.from(JSON.stringify({ id: 'order', pad }));
const operation = (security: object[]) => ({ get: { security, responses: {} } });
const document = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'bench', description: 'A service that costs nothing.' },
  paths: { '/orders/{id}': operation([{ bearer: [] }]), '/orders/public/{id}': operation([]) },
  components: { schemas: {} },
});

serveBench(
  createServer((request, response) => {
    const body = request.url === '/openapi.json' ? document : answer;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  }),
);
