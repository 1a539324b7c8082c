import { job } from '@souk/service-kit';
import { tellChanges } from './signal.actions.ts';

/** A dashboard is told at most this often. */
const EVERY_MS = 1_000;

export const signalJobs = [job('dashboard-signals', EVERY_MS, tellChanges)];
