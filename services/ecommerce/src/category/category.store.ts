import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A branch of a company's tree. `ancestorIds` from the root down, so that a whole branch is found by one index. */
export interface Category {
  _id: string;
  companyId: string;
  version: number;
  name: string;
  slug: string;
  parentId?: string | undefined;
  ancestorIds: string[];
  /** Counts changes below it, so that two that could close a circle together, or lose a child, meet in one document. */
  touched?: number | undefined;
  createdAt: Date;
  updatedAt: Date;
}

export const categories = defineStore<Category>({
  name: 'categories',
  schema: new Schema<Category>({
    _id: String,
    companyId: { type: String, required: true },
    version: { type: Number, required: true },
    name: { type: String, required: true },
    slug: { type: String, required: true },
    parentId: String,
    ancestorIds: { type: [String], required: true },
    touched: Number,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  })
    .index({ companyId: 1, slug: 1 }, { unique: true })
    .index({ companyId: 1, parentId: 1 })
    .index({ parentId: 1, _id: 1 })
    .index({ ancestorIds: 1 }),
  scope: { company: 'companyId', public: {} },
});
