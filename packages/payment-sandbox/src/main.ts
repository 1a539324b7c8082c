import { readConfig } from './config.ts';
import { startSandbox } from './server.ts';

const sandbox = await startSandbox(readConfig());
process.stdout.write(`${JSON.stringify({ listening: sandbox.port })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}
