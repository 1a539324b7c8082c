import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { ErrorRequestHandler, Express } from 'express';
import express from 'express';
import { z } from 'zod';
import { openBook } from './book.ts';
import type { CallContext } from './call.ts';
import { send } from './call.ts';
import type { SandboxConfig } from './config.ts';
import { startDeliveries } from './delivery.ts';
import type { Gateway } from './gateway.ts';
import { Refusal, refusalAnswer } from './refusal.ts';
import { controlRoutes, paymentRoutes } from './routes.ts';
import { switchesOff } from './switches.ts';

const stopWithinMs = 5_000;

export interface Sandbox {
  port: number;
  /** Answers what has begun, stops deliveries, closes the book; takes at most about five seconds. */
  stop(): Promise<void>;
}

/** What express and its body parser throw for a request that is itself wrong. */
const requestError = z.object({ status: z.int().min(400).max(499), type: z.string().optional() });

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { data } = requestError.safeParse(error);
  if (data?.status === 413) return new Refusal('body_too_large', 'A body has at most 64 kB.');
  if (data) return new Refusal('malformed_request', 'The path, the encoding or the JSON cannot be read.');
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${JSON.stringify({ level: 'error', message: String(error), stack })}\n`);
  return new Refusal('sandbox_failure', 'The gateway failed.');
}

// biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { code, message } = refusalOf(error);
  send(response, refusalAnswer(code, message));
};

function buildApp(context: CallContext, events: Parameters<typeof controlRoutes>[1]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json({ limit: '64kb' }));
  app.get('/health', (_request, response) => {
    context.gateway.book.find('SELECT 1');
    send(response, { status: 200, body: { status: 'ok' } });
  });
  app.use('/v1', controlRoutes(context, events), paymentRoutes(context));
  app.use(() => {
    throw new Refusal('not_found', 'No such operation.');
  });
  app.use(answerError);
  return app;
}

async function listen(server: Server, { host, port }: SandboxConfig): Promise<number> {
  server.requestTimeout = 30_000;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Connections kept alive after their last answer would hold the process until their own timeout.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const deadline = setTimeout(() => server.closeAllConnections(), stopWithinMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

/** Starts a gateway on its book. Throws when the book cannot be opened or the port is taken. */
export async function startSandbox(config: SandboxConfig): Promise<Sandbox> {
  const gateway: Gateway = { book: openBook(config.bookPath), now: config.now, switches: switchesOff() };
  const target = { secret: config.webhookSecret, fallbackUrl: config.webhookUrl };
  const deliveries = startDeliveries(gateway, target);
  const context = { gateway, apiKey: config.apiKey, onCommit: deliveries.wake };
  const server = createServer(buildApp(context, { deliveries, fallbackUrl: config.webhookUrl }));
  const closeBook = async () => {
    await deliveries.stop();
    gateway.book.close();
  };
  try {
    const port = await listen(server, config);
    return { port, stop: () => drain(server).then(closeBook) };
  } catch (error) {
    await closeBook();
    throw error;
  }
}
