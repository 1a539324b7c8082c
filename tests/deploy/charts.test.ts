import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/system/places.ts';
import { CASES, objectsIn, podsOf } from './rendering.ts';
import type { Standards } from './standards.ts';
import { objectsOf, openStandards } from './standards.ts';

const START_MS = 180_000;

let standards: Standards;

beforeAll(async () => {
  standards = await openStandards(() => undefined);
}, START_MS);

afterAll(() => standards?.stop());

describe.each(CASES)('the chart %s with the values %s', (chart, values) => {
  test('is found right by helm', () => standards.lint(chart, values));

  test('makes objects that an API server takes, every field of them', async () => {
    const objects = await objectsOf(standards.helm, chart, values);
    expect(await standards.takeObjects(objects)).toBe(objects.length);
  });

  test('makes pods that a namespace for hardened pods takes', async () => {
    const pods = (await objectsOf(standards.helm, chart, values)).flatMap(podsOf);
    expect(pods.length).toBeGreaterThan(2);
    expect(await standards.takePods(pods)).toBe(pods.length);
  });
});

test('an unhardened pod is refused where ours are taken', async () => {
  const spec = { containers: [{ name: 'bare', image: 'bare' }] };
  const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec };
  await expect(standards.takePods([bare])).rejects.toThrow(/violates PodSecurity "restricted/);
});

test('a field that an object does not have is refused where ours are taken', async () => {
  const [component] = objectsIn(readFileSync(join(root, 'components', 'statestore.yaml'), 'utf8'));
  if (!component) throw new Error('the file of the component is empty');
  const strange = { ...component, nonsense: true };
  await expect(standards.takeObjects([strange])).rejects.toThrow(/unknown field "nonsense"/);
});
