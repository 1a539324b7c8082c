import { job } from '@souk/service-kit';
import { resumeRounds } from './round.actions.ts';

const EVERY_MS = 5_000;

export const roundJobs = [job('take up rounds that were left', EVERY_MS, resumeRounds)];
