import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import { faultOf } from '../src/database-watch.ts';

interface Thing {
  _id: string;
}
const things = defineStore<Thing>({
  name: 'things',
  schema: new Schema<Thing>({ _id: String }),
  scope: { company: 'companyId', shops: 'shopId', own: 'userId', public: { isActive: true } },
});
const notes = defineStore<Thing>({ name: 'notes', schema: new Schema<Thing>({ _id: String }), scope: {} });
const judge = (name: string, command: object) => faultOf(name, { [name]: 'things', ...command }, [things, notes]);

test.each<[string, string, object]>([
  ['a read of a company', 'find', { comment: 'company', filter: { companyId: 'c', _id: 'x' } }],
  ['one that asks more beside', 'find', { comment: 'company', filter: { $and: [{ companyId: 'c' }, { companyId: 'd' }] } }],
  ['shops of a company', 'find', { comment: 'shops', filter: { companyId: 'c', shopId: { $in: ['s'] } } }],
  ['a change of one’s own', 'findAndModify', { comment: 'own', query: { userId: 'u' } }],
  ['what everybody may see', 'aggregate', { comment: 'public', pipeline: [{ $match: { isActive: true } }] }],
  ['many writes', 'update', { comment: 'company', updates: [{ q: { companyId: 'c' } }, { q: { companyId: 'c', _id: 'x' } }] }],
  ['new documents', 'insert', { comment: 'company', documents: [{ companyId: 'c' }] }],
  ['the system, with a reason', 'delete', { comment: 'system: a sweep', deletes: [{ q: {} }] }],
  ['a collection of nobody', 'find', { find: 'notes', filter: {} }],
])('lets pass %s', (_what, name, command) => {
  expect(judge(name, command)).toBeUndefined();
});

test.each<[string, string, object]>([
  ['a read that says nothing', 'find', { filter: { companyId: 'c' } }],
  ['a read of all', 'find', { comment: 'company', filter: {} }],
  ['a company that is only one choice', 'find', { comment: 'company', filter: { $or: [{ companyId: 'c' }, { _id: 'x' }] } }],
  ['shops of any company', 'find', { comment: 'shops', filter: { shopId: { $in: ['s'] } } }],
  ['one wide write among many', 'update', { comment: 'company', updates: [{ q: { companyId: 'c' } }, { q: { _id: 'x' } }] }],
  ['a removal of all', 'delete', { comment: 'own', deletes: [{ q: {} }] }],
  ['a document of nobody', 'insert', { comment: 'company', documents: [{ companyId: 'c' }, {}] }],
  ['a pipeline that begins with something else', 'aggregate', { comment: 'company', pipeline: [{ $group: { _id: 1 } }] }],
  ['the system without a reason', 'find', { comment: 'system: ', filter: {} }],
  ['a command that nobody thought of', 'mapReduce', { comment: 'company' }],
])('finds %s', (_what, name, command) => {
  expect(judge(name, command)).toEqual(expect.any(String));
});
