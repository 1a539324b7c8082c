// Ends the parts of a supervisor that died without stopping them, by whatever signal: run beside it, holding the other end of a
// pipe. `node guard.ts <folder of pid files>`.
import { endLeftovers } from './leftovers.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('guard.ts needs the folder of pid files');
process.on('SIGINT', () => undefined);
process.stdin.resume();
process.stdin.once('end', () => void endLeftovers(folder));
