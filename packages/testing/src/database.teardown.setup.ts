import { stopTestDatabase } from './database.setup.ts';

export default stopTestDatabase;
