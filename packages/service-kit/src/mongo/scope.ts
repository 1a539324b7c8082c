import type { Filter, StoreRules } from './store.ts';

/** Whose documents an operation may touch. Every collection is handed out with one; nothing reaches the database without. */
export type Scope =
  | { kind: 'company'; companyId: string }
  | { kind: 'shops'; companyId: string; shopIds: readonly string[] }
  | { kind: 'own'; userId: string }
  | { kind: 'public' }
  | { kind: 'system'; reason: string };

export const system = (reason: string): Scope => ({ kind: 'system', reason });
export const ofCompany = (companyId: string): Scope => ({ kind: 'company', companyId });

/** In whose name a command is: a comment that the server's profiler shows, and that tests hold every command to. */
export const commentOf = (scope: Scope): string => (scope.kind === 'system' ? `system: ${scope.reason}` : scope.kind);

/** A bug of ours, never the client's: an operation outside what its store declares. */
export class ScopeError extends Error {}

const FORBIDDEN_OPERATORS = new Set(['$where', '$function', '$accumulator']);
const CROSS_COLLECTION = new Set(['$lookup', '$unionWith', '$graphLookup', '$out', '$merge']);
const REPLACING_STAGES = new Set(['$replaceRoot', '$replaceWith', '$project']);

/** What `scope` adds to every filter on `store`. Throws ScopeError when the store does not say how it is scoped that way. */
export function scopeFilter(store: StoreRules, scope: Scope): Filter {
  const fields = store.scope;
  const needed = (kind: string, field: string | undefined): string => {
    if (field === undefined) throw new ScopeError(`${store.name} has no ${kind} scope`);
    return field;
  };
  switch (scope.kind) {
    case 'system':
      return {};
    case 'company':
      return { [needed('company', fields.company)]: scope.companyId };
    case 'shops':
      return {
        [needed('company', fields.company)]: scope.companyId,
        [needed('shops', fields.shops)]: { $in: [...scope.shopIds] },
      };
    case 'own':
      return { [needed('own', fields.own)]: scope.userId };
    case 'public':
      if (fields.public === undefined) throw new ScopeError(`${store.name} has no public scope`);
      return fields.public;
  }
}

/** The caller's filter and the scope's, so that no key of the first can loosen the second. */
export function scopedFilter(store: StoreRules, scope: Scope, filter: Filter): Filter {
  refuseOperators(filter);
  const added = scopeFilter(store, scope);
  const clash = Object.entries(added).some(([key, value]) => key in filter && filter[key] !== value);
  return clash ? { $and: [added, filter] } : { ...filter, ...added };
}

function refuseOperators(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) refuseOperators(item);
  else if (isPlain(value))
    for (const [key, inner] of Object.entries(value)) {
      if (FORBIDDEN_OPERATORS.has(key)) throw new ScopeError(`${key} is not allowed in a filter`);
      refuseOperators(inner);
    }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function scopeFields(store: StoreRules): string[] {
  const { company, shops, own } = store.scope;
  return [company, shops, own].filter((field): field is string => field !== undefined);
}

/** Refuses a document that would land outside `scope`. */
export function guardInsert(store: StoreRules, scope: Scope, document: object): void {
  refuseOutside(store, Object.entries(scopeFilter(store, scope)), document);
}

function refuseOutside(store: StoreRules, scopeEntries: [string, unknown][], document: object): void {
  for (const [field, wanted] of scopeEntries) {
    const actual: unknown = Reflect.get(document, field);
    const allowed = isPlain(wanted) && Array.isArray(wanted.$in) ? wanted.$in : [wanted];
    const values = Array.isArray(actual) ? actual : [actual];
    if (!values.some((value) => allowed.includes(value)))
      throw new ScopeError(`${store.name}.${field} is outside the scope of this insert`);
  }
}

/** Refuses an update that would move a document to another scope: only `system` may. */
export function guardUpdate(store: StoreRules, scope: Scope, update: Filter | readonly Filter[]): void {
  if (scope.kind === 'system') return;
  const guarded = scopeFields(store);
  const touched = Array.isArray(update) ? update.flatMap(stageFields) : operatorFields(update as Filter);
  const refused = touched.find((name) => guarded.includes(name.split('.')[0] ?? name));
  if (refused !== undefined) throw new ScopeError(`${store.name}.${refused} decides the scope and cannot be changed`);
  // What an upsert inserts overrides what its filter says.
  const made = Array.isArray(update) ? undefined : (update as Filter).$setOnInsert;
  if (!isPlain(made)) return;
  const named = Object.entries(scopeFilter(store, scope)).filter(([field]) => field in made);
  refuseOutside(store, named, made);
}

/** The fields that an update by operators writes to documents that stand already. */
function operatorFields(update: Filter): string[] {
  return Object.entries(update).flatMap(([operator, fields]) => {
    if (!operator.startsWith('$')) throw new ScopeError('an update is made of operators');
    return operator === '$setOnInsert' || !isPlain(fields) ? [] : [...Object.keys(fields), ...renamedTo(operator, fields)];
  });
}

/** The fields that a stage of an update pipeline writes. */
function stageFields(stage: Filter): string[] {
  return Object.entries(stage).flatMap(([operator, fields]) => {
    if (REPLACING_STAGES.has(operator)) throw new ScopeError(`${operator} is not allowed in an update`);
    return isPlain(fields) ? Object.keys(fields) : [fields].flat().map(String);
  });
}

function renamedTo(operator: string, fields: Record<string, unknown>): string[] {
  return operator === '$rename' ? Object.values(fields).map(String) : [];
}

/** The pipeline with the scope first. Stages that read or write other collections must be in the store's `joins`. */
export function scopedPipeline(store: StoreRules, scope: Scope, pipeline: readonly Filter[]): Filter[] {
  refuseOperators(pipeline);
  refuseForeign(store, pipeline);
  const added = scopeFilter(store, scope);
  const [first, ...rest] = pipeline;
  if (first && isPlain(first.$match)) return [{ $match: scopedFilter(store, scope, first.$match) }, ...rest];
  return Object.keys(added).length > 0 ? [{ $match: added }, ...pipeline] : [...pipeline];
}

function refuseForeign(store: StoreRules, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) refuseForeign(store, item);
  if (!isPlain(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (CROSS_COLLECTION.has(key)) refuseTarget(store, key, inner);
    refuseForeign(store, inner);
  }
}

function refuseTarget(store: StoreRules, stage: string, inner: unknown): void {
  const target = String(isPlain(inner) ? (inner.from ?? inner.coll ?? inner.into) : inner);
  if (!store.joins.includes(target)) throw new ScopeError(`${stage} to ${target} is not in the joins of ${store.name}`);
}
