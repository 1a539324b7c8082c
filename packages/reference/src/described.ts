import type { z } from 'zod';

/** What of an endpoint's declaration the reference is made from. */
export interface DescribedEndpoint {
  readonly method: string;
  /** Express path. */
  readonly path: string;
  readonly summary: string;
  readonly access:
    | { readonly kind: 'public' }
    | { readonly kind: 'services' }
    | { readonly kind: 'roles'; readonly reach: Readonly<Partial<Record<string, string>>>; readonly guests: boolean };
  readonly schemas: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType; headers?: z.ZodType; output?: z.ZodType };
  readonly rawBody: boolean;
  readonly status: number;
  /** Of answers when all is well, too, but otherwise: 200 where something was there already, 202 where it goes on. */
  readonly otherStatuses?: readonly number[];
  readonly idempotencyRequired: boolean;
  readonly ignoresKeys?: boolean;
  readonly whileSuspended?: boolean;
  readonly errors: readonly { readonly code: string; readonly status: number }[];
}

export interface DescribedService {
  readonly name: string;
  readonly purpose: string;
  readonly endpoints: readonly DescribedEndpoint[];
}

/** What of an event's contract the reference is made from. */
export interface DescribedEvent {
  readonly type: string;
  readonly producer: string;
  readonly version: number;
  readonly kind: string;
  readonly when: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
}

/** An object of a document, as JSON has it. */
export type Json = Record<string, unknown>;

export interface Operation extends Json {
  operationId: string;
  tags: string[];
  parameters: Json[];
  responses: Record<string, Json>;
}

/** An OpenAPI 3.1 document. */
export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: Components;
}

export interface Components {
  schemas: Record<string, Json>;
  responses: Record<string, Json>;
  headers: Record<string, Json>;
  parameters: Record<string, Json>;
  securitySchemes: Record<string, Json>;
}
