export type { Answer, Listed } from './answer.ts';
export { type Collector, type ExportedSpan, openCollector } from './collector.ts';
export { testDatabaseUri } from './database.ts';
export { type DeliveryOptions, envelopeFor } from './deliver.ts';
export { eventually } from './eventually.ts';
export { FakeSidecar, type InvokedAnswer, type InvokedRequest } from './fake-sidecar.ts';
export { DuplicateKey, openMemory, openMemoryDatabase } from './memory-database.ts';
export { deleteCompany, holdingsOf, purgeCompanies } from './offboard.ts';
export { startTestService, type TestAnswer, type TestRequest, type TestService } from './test-service.ts';
export {
  companyAdmin,
  customer,
  type Person,
  shopManager,
  shopStaff,
  superAdmin,
  testJwks,
  testKey,
  tokenFor,
} from './tokens.ts';
