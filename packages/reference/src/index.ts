export { asyncApiOf } from './asyncapi.ts';
export type { OpenApi } from './described.ts';
export { mergeReferences } from './door.ts';
export { openApiOf } from './openapi.ts';
