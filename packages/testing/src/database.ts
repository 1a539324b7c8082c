/** Where the tests' database server is: set by the global setup of the component tests. */
export function testDatabaseUri(prefix: string): string {
  const server = process.env.SOUK_TEST_MONGODB;
  if (server === undefined) throw new Error('no database server: this test must run in a project with the database setup');
  const [base = '', query = ''] = server.split('/?');
  return `${base}/${prefix}?${query}`;
}
