// Runs a script of the project on Node 24 or later, whatever Node the machine has, after making sure that the dependencies
// are those of the lock file: `node scripts/on-node24.mjs <file> [arguments]`. Plain JavaScript, because Node 20 must run it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const NPM_CARRIES = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const root = fileURLToPath(new URL('..', import.meta.url));

/** An error whose message is all that the reader needs. */
class Refusal extends Error {}

function cacheFolder() {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'souk');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'souk') : join(homedir(), '.cache', 'souk');
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A lock whose holder died before it could let go: its process is gone, or it never came to write down who it is. */
function isAbandoned(lock) {
  try {
    const pidFile = join(lock, 'pid');
    if (existsSync(pidFile)) return !isAlive(Number(readFileSync(pidFile, 'utf8')));
    return Date.now() - statSync(lock).mtimeMs > 5_000;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false; // It was let go while we looked.
  }
}

function tryLock(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Runs `work` while no other process of this user runs work under the same lock; waits as long as the other one lives. */
async function underLock(lock, work) {
  mkdirSync(dirname(lock), { recursive: true });
  while (!tryLock(lock)) {
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** npm, run by the Node that is first on the PATH; its output is shown only when it fails. */
function npm(args, { cwd, refusal }) {
  const done = spawnSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) return;
  const reason = done.error ? done.error.message : `${done.stdout}${done.stderr}`.trim();
  throw new Refusal(`${reason}\n\n${refusal}`);
}

function installNode(folder, name) {
  console.log(`Node ${process.versions.node} is here, Node ${WANTED_MAJOR} is wanted: installing ${name} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  // Without a package.json of its own npm would look for a project in the folders above.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm(['install', '--no-audit', '--no-fund', `${name}@${WANTED_MAJOR}`], {
    cwd: folder,
    refusal: `Node ${WANTED_MAJOR} could not be installed from npm. Install it yourself (https://nodejs.org) and run this again.`,
  });
}

/** The path of a Node that is new enough: the running one, or one kept in the user's cache folder. */
async function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  if (!NPM_CARRIES.includes(platform)) {
    throw new Refusal(
      `Node ${WANTED_MAJOR} or later is needed, and npm carries none for ${platform}. Install it yourself (https://nodejs.org).`,
    );
  }
  const folder = join(cacheFolder(), `node${WANTED_MAJOR}`);
  const node = join(folder, 'node_modules', `node-${platform}`, 'bin', 'node');
  if (!existsSync(node)) {
    await underLock(`${folder}.lock`, () => {
      if (!existsSync(node)) installNode(folder, `node-${platform}`);
    });
  }
  return node;
}

/** Makes node_modules match the lock file, so that a fresh clone needs no command before the one that was asked for. */
async function installDependencies() {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(lockText).digest('hex');
  const stamp = join(root, 'node_modules', '.souk-lock');
  const isCurrent = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isCurrent()) return;
  await underLock(join(root, '.souk', 'install.lock'), () => {
    if (isCurrent()) return;
    console.log('Installing the dependencies of package-lock.json');
    // Not `npm ci`: it refuses a lock file written where some builds for other platforms could not be had. This installs the
    // same versions with the same integrity, changes neither file, and leaves alone what is already right.
    npm(['install', '--no-save'], {
      cwd: root,
      refusal: 'The dependencies could not be installed: see above, mend it and run this again.',
    });
    writeFileSync(stamp, wanted);
  });
}

/** Runs the script in a process of its own and ends as it ends. */
function run(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // At a terminal Ctrl-C reaches the child by itself; sending it on would look like a second, impatient one.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const forwarded of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(forwarded);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

const [file, ...args] = process.argv.slice(2);
try {
  if (!file) throw new Refusal('Usage: node scripts/on-node24.mjs <file> [arguments]');
  const node = await findNode();
  process.env.PATH = [dirname(node), process.env.PATH].join(delimiter);
  await installDependencies();
  run(node, [file, ...args]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
