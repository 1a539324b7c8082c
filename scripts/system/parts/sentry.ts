import { join } from 'node:path';
import { buildGo } from '../go.ts';
import { cacheFolder, isExecutable } from '../places.ts';
import type { Say } from '../ways.ts';
import { firstThatWorks } from '../ways.ts';
import { DAPR_VERSION } from './daprd.ts';

/** Dapr's certificate authority, which a system on one machine does without; its image in a cluster is made of the same file. */
export function findSentry(say: Say): Promise<string> {
  const into = join(cacheFolder(), 'go', `dapr-${DAPR_VERSION}`);
  const program = join(into, 'sentry');
  const advice = 'Install Go 1.26 or later (https://go.dev/dl).';
  return firstThatWorks({ name: 'sentry', advice, say }, [
    { what: 'the cache', get: () => (isExecutable(program) ? program : undefined) },
    { what: 'go build', get: async () => ((await buildSentry(into, say)) ? program : undefined) },
  ]);
}

function buildSentry(into: string, say: Say): Promise<boolean> {
  say(`Dapr's sentry ${DAPR_VERSION}: building it with Go; minutes, once`);
  const variables = { 'github.com/dapr/dapr/pkg/buildinfo.version': DAPR_VERSION };
  return buildGo({ module: 'daprd', packages: ['github.com/dapr/dapr/cmd/sentry'], variables, into, isStatic: true, say });
}
