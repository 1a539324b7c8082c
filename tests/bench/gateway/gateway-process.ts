// The gateway as it is, without sidecars: all services are asked directly, and only its keys come from a stand-in for the sidecar.
import { SERVICES } from '@souk/contracts';
import { service } from '@souk/gateway';
import { startService } from '@souk/service-kit';
import { customer, FakeSidecar, tokenFor } from '@souk/testing';
import { answerParent, cpuUs } from './process.ts';

const TOKEN = 'a-token-for-the-bench-only';
const NO_LIMIT = '1000000000';
const TOKENS = 64;
const { UPSTREAM = '', DATABASE = '' } = process.env;

const sidecar = new FakeSidecar({ token: TOKEN, secrets: { 'mongodb-uri': DATABASE } });
const running = await startService(service, {
  HOST: '127.0.0.1',
  PORT: '0',
  DAPR_HTTP_PORT: String(await sidecar.start()),
  DAPR_API_TOKEN: TOKEN,
  APP_API_TOKEN: TOKEN,
  LOG_LEVEL: 'fatal',
  NODE_ENV: 'production',
  UPSTREAMS: SERVICES.filter((name) => name !== 'gateway' && name !== 'auth')
    .map((name) => `${name}=${UPSTREAM}`)
    .join(','),
  LIMIT_PER_IP: NO_LIMIT,
  LIMIT_PER_USER: NO_LIMIT,
  SWEEP_EVERY_MS: '3600000',
});
answerParent({ port: running.port, tokens: Array.from({ length: TOKENS }, () => tokenFor(customer())) }, cpuUs);
