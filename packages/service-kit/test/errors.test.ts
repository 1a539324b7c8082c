import { DomainError, defineError, notFound, problemOf } from '../src/errors.ts';

const soldOut = defineError('stock.sold_out', 409, 'There is none left');

test('an error has the code and status of its definition, and its title unless a detail is given', () => {
  expect(soldOut()).toBeInstanceOf(DomainError);
  expect(soldOut()).toMatchObject({ code: 'stock.sold_out', status: 409, message: 'There is none left', extra: {} });
  expect(soldOut('Only 2 of 3')).toMatchObject({ title: 'There is none left', message: 'Only 2 of 3' });
});

test('its definition can be read without making one', () => {
  expect([soldOut.code, soldOut.status, soldOut.title]).toEqual(['stock.sold_out', 409, 'There is none left']);
});

test('a problem is as RFC 9457 has it, with the extra members', () => {
  const problem = problemOf(soldOut('Only 2 of 3', { available: 2 }), { instance: '/orders', requestId: 'r1' });
  expect(problem).toEqual({
    type: 'https://souk.dev/problems/stock.sold_out',
    title: 'There is none left',
    status: 409,
    detail: 'Only 2 of 3',
    instance: '/orders',
    code: 'stock.sold_out',
    requestId: 'r1',
    available: 2,
  });
  expect(problemOf(notFound(), { instance: '/', requestId: '' })).not.toHaveProperty('available');
});
