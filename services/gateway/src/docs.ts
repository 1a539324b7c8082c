import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineResource, methodNotAllowed, notFound } from '@souk/service-kit';
import { hasAlready } from './catalogue/catalogue.rules.ts';
import { packBody } from './compression.ts';

const FOLDER = '/docs/';

/** The interactive reference. It names its parts relative to `/api/docs`, so it works behind any prefix. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Souk API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>The reference is drawn by a script; the document itself is <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
});
`;

/** Nothing from elsewhere and nothing inline. The icons of its stylesheet are `data:` images. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

interface Asset {
  body: Buffer;
  type: string;
  etag: string;
}

const assetOf = (body: Buffer, type: string): Asset => ({
  body,
  type,
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
});

/** The parts of the page, from the package that is installed: nothing is fetched. */
export const docsAssets = defineResource<ReadonlyMap<string, Asset>>({
  name: 'docs',
  start: () => {
    const folder = dirname(createRequire(import.meta.filename).resolve('swagger-ui-dist/package.json'));
    const read = (name: string, type: string) => [`${FOLDER}${name}`, assetOf(readFileSync(join(folder, name)), type)] as const;
    return new Map([
      read('swagger-ui.css', 'text/css; charset=utf-8'),
      read('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
      read('favicon-32x32.png', 'image/png'),
      [`${FOLDER}start.js`, assetOf(Buffer.from(START), 'text/javascript; charset=utf-8')],
    ]);
  },
});

/** Answers a part of the page; false for what is not one. Throws 404 and 405 below its folder. */
export function answerAsset(
  assets: ReadonlyMap<string, Asset>,
  path: string,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): boolean {
  if (!path.startsWith(FOLDER)) return false;
  const asset = assets.get(path);
  if (!asset) throw notFound();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET');
    throw methodNotAllowed();
  }
  response.setHeader('etag', asset.etag);
  response.setHeader('cache-control', 'public, no-cache');
  if (hasAlready(request.headers['if-none-match'], asset.etag)) {
    response.statusCode = 304;
    response.end();
    return true;
  }
  response.setHeader('content-type', asset.type);
  response.setHeader('content-length', asset.body.length);
  packBody(request, response);
  response.end(asset.body);
  return true;
}
