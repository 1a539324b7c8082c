import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { NAMESPACE } from './installation.ts';

/** Runs a program of Node's inside a service's application container, with its environment; what it prints is JSON. */
export async function runInside<Answer>(
  cluster: Cluster,
  service: string,
  { program, given }: { program: string; given: object },
): Promise<Answer> {
  const into = ['exec', `deployment/souk-${service}`, '--namespace', NAMESPACE, '--container', 'app', '--'];
  const printed = await kubectl(cluster, [...into, 'node', '--input-type=module', '--eval', program, JSON.stringify(given)]);
  return JSON.parse(printed);
}

/** What differs between what was found and what is due, a line each. */
export function differences(found: ReadonlyMap<string, string>, due: ReadonlyMap<string, string>): string[] {
  return [...due].flatMap(([what, wanted]) =>
    found.get(what) === wanted ? [] : [`${what}: ${found.get(what) ?? 'not tried'}, due ${wanted}`],
  );
}
