// `npm run replay -- <csv> [invoices]` plays a wholesaler's invoices into the system that is up, as a company of its own, and compares
// orders, revenue and stock with sums computed from the file alone. Without a file it plays the data set that SOUK_RETAIL_CSV names,
// and where that is not there, the made one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../../scripts/demo/api.ts';
import { signIn } from '../../scripts/demo/people.ts';
import { describeReplay, findRetailFile, isExact, MADE_FILE, replay, resultLine } from './run.ts';

const [named, invoices] = process.argv.slice(2).filter((arg) => arg !== '--');
const file = named ?? findRetailFile() ?? MADE_FILE;
const say = (line: string) => process.stdout.write(`${line}\n`);

const state = process.env.SOUK_STATE ?? '.souk';
const secrets: Record<string, string> = JSON.parse(readFileSync(join(state, 'secrets.json'), 'utf8'));
const api = new Api(process.env.SOUK_GATEWAY_URL ?? 'http://127.0.0.1:8000');
const mailUrl = process.env.SOUK_MAIL_URL ?? 'http://127.0.0.1:1080';

say(`Playing ${file}.`);
const platform = await signIn(api, {
  email: secrets['super-admin-email'] ?? '',
  password: secrets['super-admin-password'] ?? '',
});
const stage = { api, mailUrl, superToken: platform.token, say };
const done = await replay(stage, readFileSync(file, 'utf8'), invoices === undefined ? undefined : Number(invoices));
await api.close();
say(`\n${describeReplay(done)}\n`);
say(resultLine(done));
process.exitCode = isExact(done) ? 0 : 1;
