import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint, ServiceDefinition } from '@souk/service-kit';
import { loadServices } from '../../scripts/docs/services.ts';

const root = join(import.meta.dirname, '..', '..');
/** What an answer that is made by `created` or `accepted`, or with a header of its own, names as its place. */
const MAKER = /\b(?:created|accepted)\(|\blocation: (?=[`'])/g;
const PLACE = /^[^;\n]*?[`'](?:\/api)?(\/[^`'?]*)/;

let services: ServiceDefinition[];
beforeAll(async () => {
  services = await loadServices();
});

interface Location {
  service: string;
  /** `/users/:x` */
  path: string;
}

/** Every place that a service's routes answer, as their sources have it. */
function locationsOf(service: string): Location[] {
  const files = globSync(`services/${service}/src/**/*.routes.ts`, { cwd: root });
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(MAKER)].map(({ index, 0: { length } }) => {
      const place = PLACE.exec(text.slice(index + length))?.[1];
      if (place === undefined) throw new Error(`${file} answers a place that this test cannot read`);
      return { service, path: place.replace(/\$\{[^}]*\}/g, ':x') };
    });
  });
}

const shapeOf = (path: string): string => path.replace(/:\w+/g, ':x');
const makes = ({ status, access }: Endpoint): boolean => status === 201 && access.kind !== 'services';

test('what a 201 or 202 names as its place can be read there', () => {
  const readable = new Set(
    services.flatMap(({ endpoints }) => endpoints.filter(({ method }) => method === 'GET').map(({ path }) => shapeOf(path))),
  );
  const found = services.flatMap(({ name }) => locationsOf(name));
  expect(found.filter(({ path }) => !readable.has(path))).toEqual([]);
});

test('every operation that makes something answers a place', () => {
  const counts = services.map(({ name, endpoints }) => ({
    name,
    makers: endpoints.filter(makes).length,
    places: locationsOf(name).length,
  }));
  expect(counts.filter(({ makers, places }) => places < makers)).toEqual([]);
});
