import { z } from 'zod';

// The part of `skaffold/v4beta13` that skaffold.yaml uses, field by field as pkg/skaffold/schema/v4beta13/config.go of
// GoogleContainerTools/skaffold declares it; the type there is named above each part. Everything else is refused, as Skaffold refuses what it
// does not know. https://skaffold.dev/docs/references/yaml/ shows the same fields.

const text = z.string().min(1);
const seconds = z.int().positive();
/** A path of a chart's values with dots, and its value; util.FlatMap reads nested maps too, which are not used. */
const flatValues = z.record(z.string().regex(/^[\w-]+(\.[\w-]+)*$/), z.union([z.string(), z.number(), z.boolean()]));

/** DockerArtifact. */
const docker = z.strictObject({
  dockerfile: text.optional(),
  target: text.optional(),
  buildArgs: z.record(text, z.string()).optional(),
});

/** Sync and SyncRule: one of `manual`, `infer` and `auto`. */
const sync = z.strictObject({ manual: z.array(z.strictObject({ src: text, dest: text, strip: text.optional() })).min(1) });

/** Artifact. */
const artifact = z.strictObject({ image: text, context: text.optional(), docker, sync: sync.optional() });

/** TagPolicy: one of its kinds, with GitTagger's variants. */
const tagPolicy = z.union([
  z.strictObject({ inputDigest: z.strictObject({}) }),
  z.strictObject({
    gitCommit: z.strictObject({
      variant: z.enum(['Tags', 'CommitSha', 'AbbrevCommitSha', 'TreeSha', 'AbbrevTreeSha']).optional(),
    }),
  }),
]);

/** LocalBuild. */
const local = z.strictObject({
  push: z.boolean().optional(),
  useBuildkit: z.boolean().optional(),
  concurrency: z.int().min(0).optional(),
});

/** BuildConfig with BuildType, whose kinds exclude each other. */
const build = z.strictObject({
  artifacts: z.array(artifact).optional(),
  tagPolicy: tagPolicy.optional(),
  platforms: z.array(z.string().regex(/^\w+\/\w+$/)).optional(),
  local: local.optional(),
});

/** HelmRelease, which has either `chartPath` or `remoteChart`. */
const release = z.strictObject({
  name: text,
  chartPath: text,
  namespace: text.optional(),
  wait: z.boolean().optional(),
  dependsOn: z.array(text).optional(),
  valuesFiles: z.array(text).optional(),
  setValues: flatValues.optional(),
  setValueTemplates: flatValues.optional(),
});

/** DeployConfig with DeployType and LegacyHelmDeploy. */
const deploy = z.strictObject({
  statusCheckDeadlineSeconds: seconds.optional(),
  tolerateFailuresUntilDeadline: z.boolean().optional(),
  helm: z.strictObject({ releases: z.array(release) }).optional(),
});

/** VerifyTestCase with VerifyConfig, VerifyContainer and KubernetesClusterVerifier. */
const verify = z.strictObject({
  name: text,
  timeout: seconds.optional(),
  container: z.strictObject({
    name: text,
    image: text,
    command: z.array(z.string()).optional(),
    args: z.array(z.string()).optional(),
  }),
  executionMode: z.strictObject({ kubernetesCluster: z.strictObject({ jobManifestPath: text }) }),
});

/** PortForwardResource. */
const portForward = z.strictObject({
  resourceType: z.enum(['service', 'pod', 'deployment', 'statefulset']),
  resourceName: text,
  namespace: text.optional(),
  port: z.union([z.int().min(1).max(65_535), text]),
  localPort: z.int().min(1).max(65_535).optional(),
});

/** JSONPatch. */
const patch = z.strictObject({
  op: z.enum(['add', 'remove', 'replace']).optional(),
  path: z.string().startsWith('/'),
  value: z.unknown().optional(),
});

/** Pipeline, which is inlined in SkaffoldConfig and in each Profile. */
const pipeline = {
  build: build.optional(),
  deploy: deploy.optional(),
  verify: z.array(verify).optional(),
  portForward: z.array(portForward).optional(),
};

/** Profile with Activation. */
const profile = z.strictObject({
  name: text,
  activation: z
    .array(z.strictObject({ command: text.optional(), env: text.optional(), kubeContext: text.optional() }))
    .optional(),
  patches: z.array(patch).optional(),
  ...pipeline,
});

/** SkaffoldConfig; before it is read, keys of the first level that begin with a dot are left out (removeYamlAnchors). */
export const skaffoldConfig = z.strictObject({
  apiVersion: z.literal('skaffold/v4beta13'),
  kind: z.literal('Config'),
  metadata: z.strictObject({ name: text }),
  profiles: z.array(profile).optional(),
  ...pipeline,
});

export type SkaffoldConfig = z.infer<typeof skaffoldConfig>;
export type SkaffoldProfile = z.infer<typeof profile>;
export type HelmRelease = z.infer<typeof release>;
