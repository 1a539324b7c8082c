import { Parser as AsyncApiParser, DiagnosticSeverity } from '@asyncapi/parser';
import type { OpenApi, ServiceDefinition } from '@souk/service-kit';
import { openApiOf } from '@souk/service-kit';
import type { RulesetDefinition } from '@stoplight/spectral-core';
import { Spectral } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { loadServices } from '../../scripts/docs/services.ts';
import { Directory } from '../../services/gateway/src/directory.ts';
import { eventReference, ownReference } from '../../services/gateway/src/references.ts';

let services: ServiceDefinition[];
let merged: OpenApi;

beforeAll(async () => {
  services = await loadServices();
  const directory = new Directory({ error: fail, debug: fail });
  for (const service of services)
    if (service.name !== 'gateway') directory.take(service.name, JSON.stringify(openApiOf(service)));
  merged = JSON.parse(directory.reference(ownReference(services.find(({ name }) => name === 'gateway')?.endpoints ?? [])));
});

const fail = (...said: unknown[]) => {
  throw new Error(JSON.stringify(said));
};

const operations = () =>
  Object.entries(merged.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, path, operation })),
  );

test('the merged OpenAPI document has every operation of clients once, under an id of its own', () => {
  const declared = services.flatMap(({ name, endpoints }) =>
    endpoints
      .filter(({ access }) => access.kind !== 'services')
      .map(({ method, path }) => `${method} ${name === 'gateway' ? '' : '/api'}${path.replace(/:(\w+)/g, '{$1}')}`),
  );
  expect(
    operations()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(declared.sort());
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(ids).toHaveLength(new Set(ids).size);
});

test('a linter with its recommended rules finds nothing in the OpenAPI document', async () => {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [[oas as RulesetDefinition, 'recommended']] });
  const found = await spectral.run(JSON.stringify(merged));
  expect(found.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`)).toEqual([]);
});

test('AsyncAPI has a channel for each event, and its parser finds nothing to complain of', async () => {
  const { document, diagnostics } = await new AsyncApiParser().parse(eventReference);
  const faults = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
  expect(faults.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`)).toEqual([]);
  const published = new Set(services.flatMap(({ publishes }) => publishes.map(({ type }) => type)));
  const channels =
    document
      ?.channels()
      .all()
      .map((channel) => channel.id()) ?? [];
  expect([...published].filter((type) => !channels.includes(type))).toEqual([]);
});

test('what each operation may be refused with is in the document', () => {
  const statuses = new Map(operations().map(({ name, operation }) => [name, Object.keys(operation.responses).map(Number)]));
  expect(statuses.get('PATCH /api/products/{id}')).toEqual([
    200, 400, 401, 402, 403, 404, 409, 412, 413, 415, 422, 429, 431, 502, 503, 504,
  ]);
  expect(statuses.get('GET /api/products')).toEqual([200, 304, 400, 401, 403, 404, 422, 429, 431, 502, 503, 504]);
  expect(statuses.get('POST /api/auth/login')).toEqual(expect.arrayContaining([401, 403, 429]));
  const without429 = [...statuses].filter(([, each]) => !each.includes(429)).map(([name]) => name);
  const with500 = [...statuses].filter(([, each]) => each.includes(500)).map(([name]) => name);
  expect({ without429, with500 }).toEqual({ without429: [], with500: [] });
});
