/** The token that the services of a bench and the stand-ins for their sidecars know each other by. */
export const BENCH_TOKEN = 'a-token-for-the-bench-only';
const NO_LIMIT = '1000000000';

/** Limits count, and are never reached. */
export const UNLIMITED = { LIMIT_PER_IP: NO_LIMIT, LIMIT_PER_USER: NO_LIMIT };

/** What a service of a bench runs with, beside a stand-in for its sidecar on `sidecarPort`. */
export const serviceEnvironment = (sidecarPort: number): Record<string, string> => ({
  HOST: '127.0.0.1',
  PORT: '0',
  DAPR_HTTP_PORT: String(sidecarPort),
  DAPR_API_TOKEN: BENCH_TOKEN,
  APP_API_TOKEN: BENCH_TOKEN,
  LOG_LEVEL: 'fatal',
  NODE_ENV: 'production',
  SWEEP_EVERY_MS: '3600000',
});
