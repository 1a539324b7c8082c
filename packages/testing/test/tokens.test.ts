import { TokenVerifier } from '@souk/service-kit';
import { companyAdmin, customer, superAdmin, testJwks, tokenFor } from '../src/tokens.ts';

test('tokens of people are real ones, good for a quarter of an hour', async () => {
  let now = new Date();
  const verifier = new TokenVerifier(
    async () => testJwks(),
    () => now,
  );
  const companyId = '01890000-0000-7000-8000-000000000001';
  for (const who of [companyAdmin(companyId), customer(), superAdmin()]) {
    now = new Date();
    const token = tokenFor(who, now);
    expect(await verifier.verify(token)).toMatchObject(who);
    now = new Date(now.getTime() + 901_000);
    await expect(verifier.verify(token)).rejects.toMatchObject({ status: 401 });
  }
});
