import type { SkaffoldConfig, SkaffoldProfile } from './skaffold-schema.ts';

/**
 * What Skaffold makes of its configuration under a profile (pkg/skaffold/schema/profiles.go): a profile's fields of `build` and `deploy` take the
 * place of those of the same name, lists and all that is a pointer in Go as a whole; then its patches are applied. Throws where a patch
 * leads nowhere.
 */
export function withProfile(config: SkaffoldConfig, name: string): SkaffoldConfig {
  const profile = config.profiles?.find((one) => one.name === name);
  if (!profile) throw new Error(`There is no profile ${name}`);
  const merged = structuredClone({
    ...config,
    build: { ...config.build, ...profile.build },
    deploy: { ...config.deploy, ...profile.deploy },
    verify: profile.verify ?? config.verify,
    portForward: profile.portForward ?? config.portForward,
  });
  for (const patch of profile.patches ?? []) apply(merged, patch);
  return merged;
}

type Patch = NonNullable<SkaffoldProfile['patches']>[number];
type Holder = Record<string, unknown>;

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** JSON Patch (RFC 6902), of which `add` into a list is not used. */
function apply(document: unknown, { op = 'replace', path, value }: Patch): void {
  const keys = path.slice(1).split('/');
  const last = keys.pop() ?? '';
  let holder = document;
  for (const key of keys) holder = isHolder(holder) ? holder[key] : undefined;
  if (!isHolder(holder) || (op !== 'add' && !(last in holder))) throw new Error(`The patch ${op} ${path} leads nowhere`);
  if (op !== 'remove') holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
}
