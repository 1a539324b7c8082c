import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from '@souk/contracts';
import type { Image } from '../../scripts/images/archive.ts';
import { layerOf } from '../../scripts/images/archive.ts';
import { ignoreRules } from '../../scripts/images/context.ts';
import { parseDockerfile } from '../../scripts/images/dockerfile.ts';
import { writeImages } from '../../scripts/images/index.ts';
import { root } from '../../scripts/system/places.ts';

const WRITE_MS = 240_000;
const LARGEST_ABOVE_BASE_BYTES = 120 * 1024 * 1024;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'souk-images-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the Dockerfile', () => {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');

  test('ends with the stage of a service, which is what a build without a target makes', () => {
    expect(parseDockerfile(text, {}).at(-1)?.name).toBe('service');
  });

  test('takes a service by its argument', () => {
    const copied = parseDockerfile(text, { SERVICE: 'sales' })
      .at(-1)
      ?.instructions.filter(({ name }) => name === 'COPY');
    expect(copied?.at(-1)?.value).toBe('services/sales services/sales');
  });

  test('is refused where it says what is not understood', () => {
    expect(() => parseDockerfile('FROM a AS b\nVOLUME /data\n', {})).toThrow('VOLUME /data');
    expect(() => parseDockerfile('FROM a\n', {})).toThrow('each stage here has a name');
  });
});

test('what .dockerignore leaves out is decided by its last line that matches', () => {
  const isIgnored = ignoreRules('**\n!services\n**/test\n# no pattern\n');
  const paths = ['README.md', 'services', 'services/sales/src/main.ts', 'services/sales/test', 'services/sales/test/a.ts'];
  expect(paths.filter(isIgnored)).toEqual(['README.md', 'services/sales/test', 'services/sales/test/a.ts']);
});

test('the same content is the same layer', async () => {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  for (const each of [one, other]) {
    mkdirSync(join(each, 'a'), { recursive: true });
    execFileSync('cp', [join(root, 'package.json'), join(each, 'a')]);
  }
  execFileSync('touch', ['-d', '2001-01-01', join(other, 'a', 'package.json')]);
  const layers = join(folder, 'layers');
  expect((await layerOf(one, layers)).digest).toBe((await layerOf(other, layers)).digest);
});

describe('the images', () => {
  let images: Image[];
  let shared: string;

  beforeAll(async () => {
    const file = join(folder, 'images.tar');
    images = await writeImages({ repository: 'docker.io/souk/souk', tags: ['test'], services: SERVICES, file });
    shared = join(folder, 'root');
    mkdirSync(shared);
    for (const { file } of ofService('sales').layers.slice(0, -1)) execFileSync('tar', ['-xf', file, '-C', shared]);
  }, WRITE_MS);

  const ofService = (name: string): Image => {
    const found = images.find(({ reference }) => reference === `docker.io/souk/souk-${name}:test`);
    if (!found) throw new Error(`there is no image of ${name}`);
    return found;
  };

  const runInside = (folder: string, { Entrypoint, Env, WorkingDir }: Image['config']) => {
    const [program = '', ...args] = Entrypoint;
    const env = Object.fromEntries(Env.map((pair) => pair.split('=', 2)));
    const as = process.getuid?.() === 0 ? ['--setuid=1000', '--setgid=1000'] : ['--map-root-user'];
    const within = [`--root=${folder}`, `--wd=${WorkingDir}`, ...as, `/usr/local/bin/${program}`];
    return spawnSync('unshare', [...within, ...args], { env, encoding: 'utf8', timeout: 30_000 });
  };

  test('share every layer but the last', () => {
    const below = new Set(
      SERVICES.map((name) =>
        JSON.stringify(
          ofService(name)
            .layers.slice(0, -1)
            .map(({ digest }) => digest),
        ),
      ),
    );
    expect(below.size).toBe(1);
    expect(new Set(SERVICES.map((name) => ofService(name).layers.at(-1)?.digest)).size).toBe(SERVICES.length);
  });

  test('are at most 120 MB above the image that they stand on', () => {
    const sizes = images.map(({ layers }) => layers.slice(1).reduce((sum, { file }) => sum + statSync(file).size, 0));
    expect(Math.max(...sizes)).toBeLessThan(LARGEST_ABOVE_BASE_BYTES);
  });

  test('run as nobody in particular', () => {
    expect(new Set(images.map(({ config }) => config.User))).toEqual(new Set(['1000:1000']));
  });

  test('have neither tests nor what only tests and builds need', () => {
    const inside = (path: string) => existsSync(join(shared, 'souk', path));
    expect(['node_modules/express', 'packages/service-kit/src'].filter(inside)).toHaveLength(2);
    expect(
      ['node_modules/jest', 'node_modules/typescript', 'packages/service-kit/test', 'packages/testing'].filter(inside),
    ).toEqual([]);
  });

  test('of the backup starts, and says what it can be told', () => {
    const { config, layers } = ofService('backup');
    const own = join(folder, 'backup');
    mkdirSync(own);
    for (const { file } of layers) execFileSync('tar', ['-xf', file, '-C', own]);
    const started = runInside(own, config);
    expect(started.stderr + started.stdout).toContain('Usage: backup dump <folder>');
  });

  test.each(SERVICES)('of %s starts, up to what its environment must say', (name) => {
    const { config, layers } = ofService(name);
    execFileSync('tar', ['-xf', layers.at(-1)?.file ?? '', '-C', shared]);
    const started = runInside(shared, config);
    expect(started.stderr + started.stdout).toContain('environment is not as it must be: PORT');
  });
});
