import type { AskedFor } from '../src/catalogue/catalogue.rules.ts';
import { hasAlready, isKeepable, isTouched, readOf } from '../src/catalogue/catalogue.rules.ts';

const A = '018f0000-0000-7000-8000-00000000000a';
const B = '018f0000-0000-7000-8000-00000000000b';

const read = (url: string, headers: AskedFor['headers'] = {}, method = 'GET') => readOf({ method, url, headers });
const keyOf = (url: string, headers?: AskedFor['headers']) => read(url, headers)?.key;

describe('the key', () => {
  test('is the same however parameters of different names stand', () => {
    expect(keyOf('/products?q=tea&limit=5')).toBe(keyOf('/products?limit=5&q=tea'));
    expect(read('/products?q=tea&limit=5')?.url).toBe('/products?limit=5&q=tea');
  });

  test.each([
    ['repeats in another sequence', '/products?q=1&q=2', '/products?q=2&q=1'],
    ['repeats whose names are written in two ways', '/products?q=2&%71=1', '/products?%71=1&q=2'],
    ['an encoded separator', '/products?q=a%26limit=1', '/products?q=a&limit=1'],
    ['an encoded path', '/products/a%20b', '/products/a+b'],
    ['a query that looks like a path', '/products?/categories', '/products/categories'],
    ['an empty value', '/products?q=', '/products'],
    ['a language in the query', '/products?q=en', '/products?q=de'],
  ])('is another for %s', (_what, one, other) => {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  test('has the language that is asked for, and no other header', () => {
    expect(keyOf('/products', { 'accept-language': 'de, en;q=0.5' })).toBe(
      keyOf('/products', { 'accept-language': 'DE,en;q=0.5' }),
    );
    expect(keyOf('/products', { 'accept-language': 'de' })).not.toBe(keyOf('/products', { 'accept-language': 'en' }));
    expect(keyOf('/products', { host: 'evil', 'x-forwarded-host': 'evil', range: 'bytes=0-1', 'accept-encoding': 'br' })).toBe(
      keyOf('/products'),
    );
  });
});

test.each([
  ['says who asks', '/products', { authorization: 'Bearer x' }, 'GET'],
  ['says who asks in a way that is not known', '/products', { authorization: '' }, 'GET'],
  ['has a cookie', '/products', { cookie: 'a=1' }, 'GET'],
  ['has a body', '/products', { 'content-length': '2' }, 'GET'],
  ['has a body in chunks', '/products', { 'transfer-encoding': 'chunked' }, 'GET'],
  ['writes', '/products', {}, 'POST'],
  ['is about something else', '/orders', {}, 'GET'],
  ['has a path that only begins alike', '/productsx', {}, 'GET'],
  ['has a very long query', `/products?q=${'x'.repeat(1_024)}`, {}, 'GET'],
  ['has a part that cannot be decoded', '/products?a%FF=1', {}, 'GET'],
  ['asks for a hundred languages', '/products', { 'accept-language': 'en,'.repeat(100) }, 'GET'],
])('what %s is not answered from memory', (_what, url, headers, method) => {
  expect(read(url, headers, method)).toBeUndefined();
});

describe('a change', () => {
  const isForgotten = (url: string, change: { companyId: string; productId?: string }) => {
    const found = read(url);
    return found && isTouched(found, change);
  };

  test('of a product touches that product and all lists that may hold it', () => {
    const change = { companyId: A, productId: A };
    const urls = [`/products/${A}`, `/products/${A}/reviews`, '/products', `/products?companyId=${A}`, '/products/slug/tea'];
    expect(urls.filter((url) => !isForgotten(url, change))).toEqual([]);
    const others = [`/products/${B}`, `/products?companyId=${B}`, '/categories'];
    expect(others.filter((url) => isForgotten(url, change))).toEqual([]);
  });

  test('of a category touches all but what is another company’s', () => {
    expect([`/products/${B}`, '/categories', '/products'].filter((url) => !isForgotten(url, { companyId: A }))).toEqual([]);
    expect(isForgotten(`/categories?companyId=${B}`, { companyId: A })).toBe(false);
    // Two companies are asked for, whatever that means: it may be this one.
    expect(isForgotten(`/products?companyId=${B}&companyId=${A}`, { companyId: A })).toBe(true);
  });
});

test.each([
  ['a refusal', { status: 404 }],
  ['a part', { status: 206 }],
  ['another type', { 'content-type': 'text/csv' }],
  ['a cookie', { 'set-cookie': 'a=1' }],
  ['what is not to be stored', { 'cache-control': 'no-store' }],
  ['what is for one', { 'cache-control': 'max-age=3, private' }],
  ['packed bytes', { 'content-encoding': 'gzip' }],
  ['what varies by who asks', { vary: 'Accept-Language, Authorization' }],
  ['what varies by anything', { vary: '*' }],
])('%s is kept for nobody', (_what, { status = 200, ...headers }: { status?: number } & Record<string, unknown>) => {
  const json = { 'content-type': 'application/json; charset=utf-8', vary: 'Accept-Language' };
  expect(isKeepable({ status: 200, headers: json })).toBe(true);
  expect(isKeepable({ status, headers: { ...json, ...(headers as Record<string, string>) } })).toBe(false);
});

test('an ETag is found among several, weak or strong', () => {
  expect(['"a"', 'W/"a"', '"b", W/"a"', '*'].filter((given) => !hasAlready(given, '"a"'))).toEqual([]);
  expect([undefined, '"b"', 'a', ''].filter((given) => hasAlready(given, '"a"'))).toEqual([]);
});
