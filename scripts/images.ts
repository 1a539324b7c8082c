// Writes all images into one archive where no Docker engine builds them: `node scripts/images.ts <archive> [tag]`.
import { resolve } from 'node:path';
import { writeImages } from './images/index.ts';
import { loadApps } from './system/declarations.ts';

const [file, tag = '0.1.0'] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node scripts/images.ts <archive> [tag]');
  process.exitCode = 1;
} else {
  const services = loadApps().map(({ name }) => name);
  const images = await writeImages({ repository: 'docker.io/souk/souk', tags: [tag], services, file: resolve(file) });
  for (const { reference } of images) console.log(reference);
}
