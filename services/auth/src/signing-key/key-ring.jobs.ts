import { job } from '@souk/service-kit';
import { adoptConfigured } from './key-ring.actions.ts';

const EVERY_MS = 60_000;

/** A job and not part of the start: while pods are replaced, old ones with the old secret start too. */
export const keyRingJobs = [job('take over the key of the configuration', EVERY_MS, adoptConfigured)];
