// What a gateway costs at the least: Node's server and undici's pool, with nothing between them. `FRONT=express` puts Express before it,
// and `FRONT=streams` hands on undici's streams, which is how such a proxy is usually written.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import express from 'express';
import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { serveBench } from './process.ts';

const pool = new Pool(process.env.UPSTREAM ?? '', { connections: 128 });

function requestOf(request: IncomingMessage) {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const path = (request.url ?? '/').slice('/api'.length);
  return { method: request.method as Dispatcher.HttpMethod, path, headers, body: hasBody ? request : null };
}

function headersOf({ connection: _connection, 'keep-alive': _keepAlive, ...headers }: IncomingMessage['headers']) {
  return headers;
}

/** Writes each piece of the answer as it comes. */
function proxy(request: IncomingMessage, response: ServerResponse): void {
  pool.dispatch(requestOf(request), {
    onRequestStart() {},
    onResponseStart(_controller, status, headers) {
      response.writeHead(status, headersOf(headers));
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return;
      controller.pause();
      response.once('drain', () => controller.resume());
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      response.destroy();
    },
  });
}

async function proxyByStreams(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await pool.request(requestOf(request));
  response.writeHead(answer.statusCode, headersOf(answer.headers));
  answer.body.pipe(response);
}

const app = express();
app.disable('x-powered-by');
app.use(proxy);

const FRONTS: Record<string, RequestListener> = {
  express: app,
  streams: (request, response) => void proxyByStreams(request, response).catch(() => response.destroy()),
};
serveBench(createServer(FRONTS[process.env.FRONT ?? ''] ?? proxy));
