import type { Operation } from '../src/routing.rules.ts';
import { lookUp, plantRoutes, prefixOf } from '../src/routing.rules.ts';

const operation = (method: string, path: string): Operation => ({ service: 'ecommerce', method, path, security: 'none' });
const tree = plantRoutes([
  operation('GET', '/products'),
  operation('POST', '/products'),
  operation('GET', '/products/{id}'),
  operation('PATCH', '/products/{id}'),
  operation('GET', '/products/suggest'),
  operation('GET', '/products/{id}/reviews'),
]);
const pathOf = (method: string, path: string) => {
  const found = lookUp(tree, method, path);
  return found.kind === 'route' ? found.operation.path : found.kind;
};

test.each([
  ['GET', '/products', '/products'],
  ['HEAD', '/products', '/products'],
  ['GET', '/products/suggest', '/products/suggest'],
  ['PATCH', '/products/suggest', '/products/{id}'],
  ['GET', '/products/42', '/products/{id}'],
  ['GET', '/products/a%20b', '/products/{id}'],
  ['GET', '/products/42/reviews', '/products/{id}/reviews'],
  ['DELETE', '/products/42', 'method'],
  ['GET', '/products/', 'nowhere'],
  ['GET', '/products/42/', 'nowhere'],
  ['GET', '/products//reviews', 'nowhere'],
  ['GET', '/Products', 'nowhere'],
  ['GET', '/products/..', 'nowhere'],
  ['GET', '/products/%2e%2E', 'nowhere'],
  ['GET', '/products/../reviews', 'nowhere'],
  ['GET', '/products/a%2Fb', 'nowhere'],
  ['GET', '/products/a%252Fb', 'nowhere'],
  ['GET', '/products/a%3Fq', 'nowhere'],
  ['GET', '/products/a\\b', 'nowhere'],
  ['GET', '/products/a%01', 'nowhere'],
  ['GET', '/products/a%1F', 'nowhere'],
  ['GET', '/products/a%7f', 'nowhere'],
  ['GET', '/products/a%c3%28', 'nowhere'],
  ['GET', '/products/a%ff', 'nowhere'],
  ['GET', '/products/a%ed%a0%80', 'nowhere'],
  ['GET', '/products/a#b', 'nowhere'],
  ['GET', '/products/caf%C3%A9', '/products/{id}'],
  ['GET', '', 'nowhere'],
  ['GET', 'http://elsewhere/products', 'nowhere'],
])('%s %s leads to %s', (method, path, expected) => {
  expect(pathOf(method, path)).toBe(expected);
});

test('a path with other methods names them', () => {
  expect(lookUp(tree, 'DELETE', '/products/42')).toEqual({ kind: 'method', allow: 'GET, PATCH' });
});

test('the prefix is the first segment', () => {
  expect([prefixOf('/orders'), prefixOf('/orders/1/ship'), prefixOf('/'), prefixOf('/.well-known/jwks.json')]).toEqual([
    'orders',
    'orders',
    '',
    '.well-known',
  ]);
});
