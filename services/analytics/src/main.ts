import { runService } from '@souk/service-kit';
import { service } from './service.ts';

await runService(service);
