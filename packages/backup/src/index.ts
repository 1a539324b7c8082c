export { type BroughtBack, restoreCompany } from './company.ts';
export { dump, keepNewest } from './dump.ts';
export { type Manifest, RefusedRestore } from './manifest.ts';
export { restore } from './restore.ts';
