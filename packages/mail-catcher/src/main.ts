// Stands in for a mail server on a developer's machine and in tests: takes every mail, sends none on, shows them over HTTP.
import { readConfig } from './config.ts';
import { startMailCatcher } from './server.ts';

const catcher = await startMailCatcher(readConfig());
process.stdout.write(`${JSON.stringify({ smtp: catcher.smtpPort, web: catcher.webPort })}\n`);
process.once('SIGTERM', () => void catcher.close().then(() => process.exit(0)));
