import { z } from 'zod';

/** The secrets that a service is handed by its sidecar. The address of the broker is not among them: that is the sidecar's own. */
export function declaredSecrets({ config }: { config: { secrets?: unknown } }): string[] {
  const own = config.secrets instanceof z.ZodObject ? Object.keys(config.secrets.shape) : [];
  return ['mongodb-uri', ...own];
}
