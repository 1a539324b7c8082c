export { loadApps, loadQueues } from './declarations.ts';
export type { PartStatus } from './part.ts';
export { type System, type SystemOptions, startSystem } from './supervisor.ts';
export { type BrokerUser, type QueueDeclaration, rabbitDefinitions } from './topology.ts';
