import { defineError } from '@souk/service-kit';

export const consumerUnknown = defineError(
  'audit.consumer_unknown',
  409,
  'No service set this event aside: a sidecar gave up, so its consumers have not seen it and their sweeps will bring it',
);
export const letterClosed = defineError('audit.letter_closed', 409, 'This dead letter was redriven or discarded before');
export const stillRefused = defineError('audit.still_refused', 409, 'The consumer set the event aside once more');
export const noEnvelope = defineError('audit.no_envelope', 409, 'What was set aside is not an event that could be worked off');
