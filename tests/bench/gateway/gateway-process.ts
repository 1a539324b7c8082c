// The gateway as it is, without sidecars: all services are asked directly, and only its keys come from a stand-in for the sidecar.
import { SERVICES } from '@souk/contracts';
import { service } from '@souk/gateway';
import { startService } from '@souk/service-kit';
import { customer, FakeSidecar, tokenFor } from '@souk/testing';
import { answerParent, cpuUs } from './process.ts';
import { BENCH_TOKEN, serviceEnvironment, UNLIMITED } from './service-environment.ts';

const TOKENS = 64;
const { UPSTREAM = '', DATABASE = '' } = process.env;

const sidecar = new FakeSidecar({ token: BENCH_TOKEN, secrets: { 'mongodb-uri': DATABASE } });
const running = await startService(service, {
  ...serviceEnvironment(await sidecar.start()),
  ...UNLIMITED,
  UPSTREAMS: SERVICES.filter((name) => name !== 'gateway' && name !== 'auth')
    .map((name) => `${name}=${UPSTREAM}`)
    .join(','),
});
answerParent({ port: running.port, tokens: Array.from({ length: TOKENS }, () => tokenFor(customer())) }, cpuUs);
