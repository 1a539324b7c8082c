import type { IncomingMessage, ServerResponse } from 'node:http';
import { endWith, packBody } from '../compression.ts';
import type { Found, Kept } from './catalogue.memory.ts';
import { hasAlready } from './catalogue.rules.ts';

/** Gives a client what was found: its own copy, or 304 when it has that already. False when the request has to be handed on. */
export function answerFound(found: Found, request: IncomingMessage, response: ServerResponse): boolean {
  if (found.kind === 'alone') return false;
  const answer = found.kind === 'miss' ? found.answer : found.kept;
  if ('etag' in answer) answerKept(answer, request, response);
  else {
    response.statusCode = answer.status;
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) response.setHeader(name, value);
    packBody(request, response);
    endWith(response, answer.body);
  }
  return true;
}

function answerKept({ contentType, body, etag }: Kept, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'public, no-cache');
  response.appendHeader('vary', 'Accept-Language');
  if (hasAlready(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', body.length);
  packBody(request, response);
  endWith(response, body);
}
