import type { Sampler } from '@opentelemetry/sdk-trace';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';

const PARENT_BASED = 'parentbased_';

/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name; what is empty is not set. At the door a trace that comes from outside is sampled as if it
 * began here: the world may name its trace but not what it costs us. Throws for a name that is none.
 */
export function samplerFrom(env: Record<string, string | undefined>, isDoor: boolean): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || `${PARENT_BASED}always_on`;
  const root = rootSampler(name.replace(PARENT_BASED, ''), Number(env.OTEL_TRACES_SAMPLER_ARG || 1));
  if (!name.startsWith(PARENT_BASED)) return root;
  return new ParentBasedSampler({ root, ...(isDoor && { remoteParentSampled: root, remoteParentNotSampled: root }) });
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio' && ratio >= 0 && ratio <= 1) return new TraceIdRatioBasedSampler(ratio);
  throw new Error(`OTEL_TRACES_SAMPLER or OTEL_TRACES_SAMPLER_ARG is not as it must be: ${name} ${ratio}`);
}
