import { posix } from 'node:path';
import { SERVICES } from '@souk/contracts';
import { readModule } from './module-reading.ts';
import { filesMatching } from './source-tree.ts';

interface ImportRule {
  readonly says: string;
  readonly files: RegExp;
  /** True when a file at `path` may not import `target`: a package, a `node:` module, or a path from the root. */
  readonly refuses: (target: string, path: string) => boolean;
}

const KIT_ONLY = /^(express|express-rate-limit|@dapr\/dapr|prom-client|helmet|jsonwebtoken)(\/|$)/;
const DRIVERS = /^(mongoose|mongodb)(\/|$)/;

/** The service a target belongs to, by folder or by package name. */
function serviceOf(target: string): string | undefined {
  const [, name = ''] = /^(?:services|@souk)\/([a-z]+)/.exec(target) ?? [];
  return SERVICES.find((service) => service === name);
}

const rules: readonly ImportRule[] = [
  {
    says: 'a service does not import another service',
    files: /^services\//,
    refuses: (target, path) => serviceOf(target) !== undefined && serviceOf(target) !== serviceOf(path),
  },
  {
    says: 'a package does not import a service',
    files: /^packages\/(?!testing\/)/,
    refuses: (target) => serviceOf(target) !== undefined,
  },
  {
    says: 'only the kit imports express, the sidecar client, metrics, headers and tokens',
    files: /^(services|packages\/(?!service-kit\/|testing\/|payment-sandbox\/)[^/]+)\/([^/]+\/)?src\//,
    refuses: (target) => KIT_ONLY.test(target),
  },
  {
    says: 'in services mongoose appears in stores only',
    files: /^services\/[^/]+\/src\/(?!.*\.store\.ts$)/,
    refuses: (target) => DRIVERS.test(target),
  },
  {
    says: 'contracts import zod only',
    files: /^packages\/contracts\/src\//,
    refuses: (target) => target !== 'zod' && !target.startsWith('packages/contracts/src/'),
  },
  {
    says: 'rules import contracts, models, the error catalogue and rules only',
    files: /^services\/.*\.rules\.ts$/,
    refuses: (target) => target !== '@souk/contracts' && !/(?:\.(?:rules|model)|\/errors)\.ts$/.test(target),
  },
  {
    says: 'stores know no actions, routes or events',
    files: /^services\/.*\.store\.ts$/,
    refuses: (target) => /\.(actions|routes|events)\.ts$/.test(target),
  },
  {
    says: 'actions know no routes and no events',
    files: /^services\/.*\.actions\.ts$/,
    refuses: (target) => /\.(routes|events)\.ts$/.test(target),
  },
  {
    says: 'routes know no other routes and no events',
    files: /^services\/.*\.routes\.ts$/,
    refuses: (target) => /\.(routes|events)\.ts$/.test(target),
  },
  {
    says: 'events know no stores and no routes',
    files: /^services\/[^/]+\/src\/.*\.events\.ts$/,
    refuses: (target) => /\.(store|routes)\.ts$/.test(target),
  },
  {
    says: 'nothing but a test imports a test or the testing package',
    files: /^(services|packages\/(?!testing\/)[^/]+)\/([^/]+\/)?src\//,
    refuses: (target) => target.startsWith('@souk/testing') || /(^|\/)test\//.test(target),
  },
  {
    says: 'a package is imported by its name, from outside',
    files: /^(services|tests|scripts)\//,
    refuses: (target) => target.startsWith('packages/'),
  },
];

function resolveTarget(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

const modules = filesMatching(/^(services|packages|tests|scripts)\/.*\.(ts|mjs)$/).map((path) => ({
  path,
  targets: readModule(path).imports.map((specifier) => resolveTarget(path, specifier)),
}));

test.each(rules)('$says', ({ files, refuses }) => {
  const broken = modules
    .filter(({ path }) => files.test(path))
    .flatMap(({ path, targets }) =>
      targets.filter((target) => refuses(target, path)).map((target) => `${path} imports ${target}`),
    );
  expect(broken).toEqual([]);
});

test('every rule has files to judge', () => {
  // A pattern that matches nothing guards nothing; a typing error in one would go unseen.
  const idle = rules.filter(({ files }) => !modules.some(({ path }) => files.test(path)));
  expect(idle.map(({ says }) => says)).toEqual([]);
});
