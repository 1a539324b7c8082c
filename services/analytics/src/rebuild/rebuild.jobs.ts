import { job } from '@souk/service-kit';
import { continueRebuild } from './rebuild.actions.ts';

const EVERY_MS = 1_000;

export const rebuildJobs = [job('rebuild', EVERY_MS, continueRebuild)];
