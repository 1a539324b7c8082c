import { readRetailFile, readRows } from '../retail-file.ts';

const heading = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const read = (...lines: string[]) => readRetailFile([heading, ...lines].join('\n'));

test('reads quoted commas, doubled quotes and line ends inside quotes, and knows in which line a row began', () => {
  const rows = readRows('a,"b, c"\r\n"d ""e""","f\ng"\n\nh,\n');
  expect(rows).toEqual([
    { number: 1, fields: ['a', 'b, c'] },
    { number: 2, fields: ['d "e"', 'f\ng'] },
    { number: 5, fields: ['h', ''] },
  ]);
});

test('reads the last line with and without a line end, and a file that begins with a byte order mark', () => {
  expect(readRows('\uFEFFa,b\nc,d')).toEqual(readRows('a,b\nc,d\n'));
  expect(readRows('a,b\nc,')).toEqual([
    { number: 1, fields: ['a', 'b'] },
    { number: 2, fields: ['c', ''] },
  ]);
});

test('reads prices to the penny, and codes that differ only in case as one', () => {
  const lines = read(
    '1,85123a,"LAMP, RED ",6,2010-12-01 08:26:00,4.35,17850,United Kingdom',
    '1,85123A,,6,2010-12-01 08:26:00,2.1,,Italy',
    '1,10002,X,6,2010-12-01 08:26:00,13541.33,,Italy',
    '1,10002,X,-6,2010-12-01 08:26:00,0,,Italy',
  );
  expect(lines.map(({ code, writtenCode, unitPrice }) => [code, writtenCode, unitPrice])).toEqual([
    ['85123A', '85123a', 435],
    ['85123A', '85123A', 210],
    ['10002', '10002', 1_354_133],
    ['10002', '10002', 0],
  ]);
  expect(lines[0]).toMatchObject({ number: 2, description: 'LAMP, RED', customer: '17850' });
  expect(lines[1]).toMatchObject({ number: 3, description: '', customer: undefined });
});

test.each([
  ['a price of three decimals', '1,2,X,6,2010-12-01 08:26:00,2.125,,Italy', 'line 3: "2.125" is no price'],
  ['a negative price', '1,2,X,1,2010-12-01 08:26:00,-11062.06,,Italy', 'line 3: "-11062.06" is no price'],
  ['no quantity', '1,2,X,0,2010-12-01 08:26:00,1,,Italy', 'line 3: "0" is no quantity'],
  ['another kind of date', '1,2,X,1,12/1/2010 8:26,1,,Italy', 'line 3: "12/1/2010 8:26" is no date'],
  ['a missing field', '1,2,X,1,2010-12-01 08:26:00,1,17850', 'line 3: 7 fields where there should be 8'],
  ['a comma without quotes', '1,2,X,Y,1,2010-12-01 08:26:00,1,,Italy', 'line 3: 9 fields where there should be 8'],
  ['no code', '1, ,X,1,2010-12-01 08:26:00,1,,Italy', 'line 3: it has no invoice number or no code'],
])('refuses %s and names the line', (_case, line, message) => {
  expect(() => read('1,10002,FINE,1,2010-12-01 08:26:00,1,,Italy', line)).toThrow(message);
});

test('refuses other columns', () => {
  expect(() => readRetailFile('Invoice,StockCode\n1,2')).toThrow('the columns are not InvoiceNo,StockCode');
});
