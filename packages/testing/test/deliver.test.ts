import { companyCreated, envelope } from '@souk/contracts';
import { envelopeFor } from '../src/deliver.ts';

test('an envelope is one that its producer might publish', () => {
  const made = envelopeFor(companyCreated, companyCreated.example);
  expect(envelope.parse(made)).toEqual(made);
  const { companyId } = companyCreated.example;
  expect(made).toMatchObject({ source: '/services/company', subject: companyId, companyid: companyId });
});

test('each one is later than the one before, unless a test says otherwise', () => {
  const [one, two] = [1, 2].map(() => envelopeFor(companyCreated, companyCreated.example));
  expect(two?.position).toBe(Number(one?.position) + 1);
  expect(two?.id).not.toBe(one?.id);
  const said = { companyId: 'c9', subject: 's9', sequence: 7, position: 8, id: 'e9', actorId: 'u9' };
  expect(envelopeFor(companyCreated, companyCreated.example, said)).toMatchObject({
    companyid: 'c9',
    subject: 's9',
    sequence: 7,
    position: 8,
    id: 'e9',
    actorid: 'u9',
  });
});
