// Plays the whole file of the wholesaler's invoices, `SOUK_RETAIL_CSV` or the first argument, into a system of its own; where it is
// not there, the made one. Every sum must be what the file says.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { startPlatform } from '../e2e/platform.ts';
import { describeReplay, findRetailFile, isExact, MADE_FILE, replay, resultLine } from '../replay/run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const file = findRetailFile(process.argv[2]) ?? MADE_FILE;
if (file === MADE_FILE) say('The data set is not there: playing the made file of its shape.');

const platform = await startPlatform();
try {
  const stage = { api: platform.api, mailUrl: platform.system.mailUrl, superToken: platform.superAdmin.token, say };
  const done = await replay(stage, readFileSync(file, 'utf8'));
  say(resultLine(done));
  say(`--- report\nThe file ${basename(file)}: ${describeReplay(done)}`);
  process.exitCode = isExact(done) ? 0 : 1;
} finally {
  await platform.stop();
}
