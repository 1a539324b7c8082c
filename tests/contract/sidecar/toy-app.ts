// An application for the contract of the sidecar: echoes what it is asked, subscribes to one event, and tells what it has seen.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Arrived } from './echo.ts';
import { echo } from './echo.ts';
import { LISTENS, SUBSCRIPTION, TOY_PATHS } from './toy.ts';

const seen: { asked: Arrived[]; events: unknown[] } = { asked: [], events: [] };

interface Delivery {
  entries: { entryId: string; event: unknown }[];
}

function answer(arrived: Arrived): { status: number; headers?: Record<string, string>; body: string } {
  const { path, body } = arrived;
  if (path === '/health') return { status: 200, body: '' };
  if (path === TOY_PATHS.seen) return { status: 200, body: JSON.stringify(seen) };
  if (path === '/dapr/subscribe')
    return { status: 200, body: JSON.stringify(process.env[LISTENS] === 'true' ? [SUBSCRIPTION] : []) };
  if (path.startsWith('/dapr/')) return { status: 404, body: '' };
  if (path === SUBSCRIPTION.routes.default) {
    const { entries }: Delivery = JSON.parse(body);
    seen.events.push(...entries.map(({ event }) => event));
    return { status: 200, body: JSON.stringify({ statuses: entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' })) }) };
  }
  seen.asked.push(arrived);
  return echo(arrived);
}

const server = createServer((request, response) => {
  const { method = '', url: path = '', headers } = request;
  const whole = text(request).then((body) => {
    const { status, headers: answered = {}, body: answer_ } = answer({ method, path, headers, body });
    response.writeHead(status, { 'content-type': 'application/json', ...answered }).end(answer_);
  });
  // A body that the sidecar breaks off, because it was too large for it, must not end the application.
  whole.catch(() => response.destroy());
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => server.close(() => process.exit(0)));
