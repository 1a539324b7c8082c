// The service that costs next to nothing, as an application beside a sidecar: instead of services/<name>/src/main.ts.
import { createServer } from 'node:http';
import { answerAtOnce } from './stand-in.ts';

const server = createServer({ keepAliveTimeout: 60_000 }, answerAtOnce).listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
