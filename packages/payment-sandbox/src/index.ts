export type { SandboxEvent, SandboxEventType } from './event.ts';
export type { Intent, IntentStatus, Movement, Refund } from './intent.schema.ts';
export type { PaymentMethod } from './payment-method.ts';
export type { ErrorBody, RefusalCode } from './refusal.ts';
export { signatureHeader, verifySignature } from './signature.ts';
export type { Switches } from './switches.ts';
