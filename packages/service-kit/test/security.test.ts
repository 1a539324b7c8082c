import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowOrigin, securityHeaders } from '../src/gateway/security.ts';

/** The answer of a server that allows `origins`, and believes `/secure` to be over TLS. */
async function answerTo(
  origins: string[],
  headers: Record<string, string>,
  { method = 'GET', path = '/' } = {},
): Promise<Response> {
  const secure = securityHeaders();
  const server = createServer((request, response) => {
    secure(response, request.url === '/secure');
    if (!allowOrigin(new Set(origins), request, response)) response.end('answered');
  }).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { ...headers, connection: 'close' } });
  server.close();
  return answer;
}

test('HSTS is for answers over TLS only, the other headers for all', async () => {
  const plain = await answerTo([], {});
  const secure = await answerTo([], {}, { path: '/secure' });
  expect(plain.headers.get('x-content-type-options')).toBe('nosniff');
  expect(plain.headers.get('strict-transport-security')).toBeNull();
  expect(secure.headers.get('strict-transport-security')).toMatch(/max-age=/);
});

test('a star lets every origin read, and says nothing of who asked', async () => {
  const answer = await answerTo(['*'], { origin: 'https://any.example' });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(await answer.text()).toBe('answered');
});

test('without origins nothing is said of them, and OPTIONS is a request like others', async () => {
  const answer = await answerTo(
    [],
    { origin: 'https://any.example', 'access-control-request-method': 'GET' },
    { method: 'OPTIONS' },
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});
