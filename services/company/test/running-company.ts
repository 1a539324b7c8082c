import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { service } from '../src/service.ts';

const SEALING_KEY = 'a-sealing-key-for-tests-that-has-43-characters-or-more';
const DAY_MS = 24 * 3600 * 1000;

/** The whole service. Its jobs are run by tests: one that ran by itself would bill what a test has not looked at yet. */
export const startCompany = (env: Record<string, string> = {}): Promise<TestService> =>
  startTestService(
    { ...service, jobs: service.jobs.map((job) => ({ ...job, everyMs: DAY_MS })) },
    { env, secrets: { 'company-sealing-key': SEALING_KEY } },
  );
