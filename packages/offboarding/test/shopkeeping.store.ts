import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

interface Kept {
  _id: string;
  companyId: string;
  moved: number;
}

const schema = () =>
  new Schema<Kept>({ _id: String, companyId: { type: String, required: true }, moved: { type: Number, required: true } });
const scope = { company: 'companyId' };

export const goods = defineStore<Kept>({ name: 'goods', schema: schema(), scope });
export const ledger = defineStore<Kept>({ name: 'ledger', schema: schema(), scope });
/** Has no scope by which a company would be found in it. */
export const labels = defineStore<Kept>({ name: 'labels', schema: schema(), scope: {} });
/** Has a way of its own to go. */
export const people = defineStore<Kept>({ name: 'people', schema: schema(), scope });
export const settings = defineStore<{ _id: string }>({
  name: 'settings',
  schema: new Schema({ _id: String }),
  scope: { company: '_id' },
});
