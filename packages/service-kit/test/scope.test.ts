import type { Scope } from '../src/mongo/scope.ts';
import {
  guardInsert,
  guardUpdate,
  ofCompany,
  ScopeError,
  scopedFilter,
  scopedPipeline,
  scopeFilter,
  system,
} from '../src/mongo/scope.ts';
import { things } from './things.ts';

const company = ofCompany('c1');
const shops: Scope = { kind: 'shops', companyId: 'c1', shopIds: ['s1', 's2'] };
const own: Scope = { kind: 'own', userId: 'u1' };
const everybody: Scope = { kind: 'public' };
const all = system('a test');
const bare = { name: 'bare', scope: {}, joins: [] };
const half = { name: 'half', scope: { company: 'companyId' }, joins: [] };

describe('the filter of a scope', () => {
  it.each([
    [company, { companyId: 'c1' }],
    [shops, { companyId: 'c1', shopId: { $in: ['s1', 's2'] } }],
    [own, { customerId: 'u1' }],
    [everybody, { status: 'active' }],
    [all, {}],
  ])('for $kind names its fields', (scope, filter) => {
    expect(scopeFilter(things, scope)).toEqual(filter);
  });

  it.each([company, shops, own, everybody])('fails closed for $kind where a store does not say how', (scope) => {
    expect(() => scopeFilter(bare, scope)).toThrow(ScopeError);
  });

  it('needs both fields for shops', () => {
    expect(() => scopeFilter(half, shops)).toThrow('half has no shops scope');
  });

  it('matches nothing for staff without shops', () => {
    expect(scopeFilter(things, { ...shops, shopIds: [] })).toMatchObject({ shopId: { $in: [] } });
  });
});

describe('a filter under a scope', () => {
  it('has the scope beside what is asked', () => {
    expect(scopedFilter(things, company, { name: 'x' })).toEqual({ name: 'x', companyId: 'c1' });
  });

  it.each([[{ companyId: 'c2' }], [{ companyId: { $ne: 'c1' } }], [{ companyId: undefined }]])(
    'keeps the scope when %j speaks of the same field',
    (filter) => {
      expect(scopedFilter(things, company, filter)).toEqual({ $and: [{ companyId: 'c1' }, filter] });
    },
  );

  it('keeps the public part whatever status is asked for', () => {
    expect(scopedFilter(things, everybody, { status: 'draft' })).toEqual({ $and: [{ status: 'active' }, { status: 'draft' }] });
  });

  it.each(['$where', '$function', '$accumulator'])('refuses %s at any depth, for system too', (operator) => {
    expect(() => scopedFilter(things, all, { [operator]: 'x' })).toThrow(ScopeError);
    expect(() => scopedFilter(things, company, { $or: [{ name: { $not: { [operator]: 'x' } } }] })).toThrow(ScopeError);
    const bareObject = Object.assign(Object.create(null), { [operator]: 'x' });
    expect(() => scopedFilter(things, company, { $and: [bareObject] })).toThrow(ScopeError);
  });
});

describe('an insert under a scope', () => {
  it('stays inside', () => {
    expect(() => guardInsert(things, company, { companyId: 'c1' })).not.toThrow();
    expect(() => guardInsert(things, shops, { companyId: 'c1', shopId: 's2' })).not.toThrow();
    expect(() => guardInsert(things, all, {})).not.toThrow();
  });

  it.each([
    ['another company', company, { companyId: 'c2' }],
    ['no company', company, {}],
    ['a shop that is not one’s', shops, { companyId: 'c1', shopId: 's3' }],
    ['one’s shop of another company', shops, { companyId: 'c2', shopId: 's1' }],
    ['another customer', own, { customerId: 'u2' }],
    ['what is not public', everybody, { status: 'draft' }],
    ['an operator instead of a company', company, { companyId: { $exists: true } }],
  ])('is refused for %s', (_name, scope, document) => {
    expect(() => guardInsert(things, scope, document)).toThrow(ScopeError);
  });
});

describe('an update under a scope', () => {
  it.each([
    ['$set', { $set: { companyId: 'c2' } }],
    ['$set of a field inside', { $set: { 'companyId.x': 1 } }],
    ['$unset', { $unset: { shopId: '' } }],
    ['$inc', { $inc: { customerId: 1 } }],
    ['$rename of it', { $rename: { companyId: 'other' } }],
    ['$rename to it', { $rename: { name: 'companyId' } }],
    ['a whole document', { companyId: 'c2', name: 'x' }],
    ['$setOnInsert into another company', { $set: { name: 'x' }, $setOnInsert: { companyId: 'c2' } }],
    ['a pipeline that sets it', [{ $set: { companyId: 'c2' } }]],
    ['a pipeline that adds it', [{ $set: { name: 'x' } }, { $addFields: { shopId: '$name' } }]],
    ['a pipeline that removes it', [{ $unset: 'companyId' }]],
    ['a pipeline that removes several', [{ $unset: ['name', 'companyId'] }]],
    ['a pipeline that replaces the document', [{ $replaceWith: { companyId: 'c2' } }]],
    ['a pipeline that projects', [{ $project: { companyId: 'c2' } }]],
  ])('refuses %s', (_name, update) => {
    expect(() => guardUpdate(things, company, update)).toThrow(ScopeError);
  });

  it.each([
    ['what does not decide the scope', { $set: { name: 'x' }, $inc: { count: 1 } }],
    ['what an upsert makes inside the scope', { $setOnInsert: { companyId: 'c1', shopId: 's9' } }],
    ['a pipeline over other fields', [{ $set: { count: { $add: ['$count', 1] } } }]],
  ])('lets %s through', (_name, update) => {
    expect(() => guardUpdate(things, company, update)).not.toThrow();
  });

  it('keeps an upsert of staff within their shops', () => {
    expect(() => guardUpdate(things, shops, { $setOnInsert: { shopId: 's3' } })).toThrow(ScopeError);
    expect(() => guardUpdate(things, shops, { $setOnInsert: { shopId: 's1' } })).not.toThrow();
  });

  it('lets the system move documents', () => {
    expect(() => guardUpdate(things, all, { $set: { companyId: 'c2' } })).not.toThrow();
  });
});

describe('a pipeline under a scope', () => {
  it('has the scope first, in the first match where there is one', () => {
    expect(scopedPipeline(things, company, [{ $sort: { name: 1 } }])).toEqual([
      { $match: { companyId: 'c1' } },
      { $sort: { name: 1 } },
    ]);
    expect(scopedPipeline(things, company, [{ $match: { companyId: 'c2' } }, { $count: 'n' }])).toEqual([
      { $match: { $and: [{ companyId: 'c1' }, { companyId: 'c2' }] } },
      { $count: 'n' },
    ]);
    expect(scopedPipeline(things, all, [{ $count: 'n' }])).toEqual([{ $count: 'n' }]);
  });

  it.each([
    ['$lookup', { $lookup: { from: 'orders', as: 'x' } }],
    ['$lookup without a collection', { $lookup: { pipeline: [], as: 'x' } }],
    ['$unionWith', { $unionWith: 'orders' }],
    ['$unionWith by its long form', { $unionWith: { coll: 'orders' } }],
    ['$graphLookup', { $graphLookup: { from: 'orders' } }],
    ['$out', { $out: 'orders' }],
    ['$merge', { $merge: { into: 'orders' } }],
    ['$merge into another database', { $merge: { into: { db: 'authdb', coll: 'places' } } }],
    ['$lookup inside $facet', { $facet: { a: [{ $lookup: { from: 'orders', as: 'x' } }] } }],
    ['$lookup inside an allowed one', { $lookup: { from: 'places', as: 'x', pipeline: [{ $lookup: { from: 'orders' } }] } }],
    ['$function', { $set: { x: { $function: { body: 'x' } } } }],
  ])('refuses %s, for system too', (_name, stage) => {
    expect(() => scopedPipeline(things, all, [{ $match: {} }, stage])).toThrow(ScopeError);
  });

  it('may read what the store joins', () => {
    const lookup = { $lookup: { from: 'places', as: 'x' } };
    expect(scopedPipeline(things, company, [lookup])).toEqual([{ $match: { companyId: 'c1' } }, lookup]);
  });
});
