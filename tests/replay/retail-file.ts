/** One line of the file, as it was sold or booked. */
export interface RetailLine {
  /** Its number in the file, the heading being 1. */
  number: number;
  invoiceNo: string;
  /** Upper case: codes that differ only in case are one product. */
  code: string;
  writtenCode: string;
  description: string;
  quantity: number;
  /** A clock's reading in London, `2010-12-01 08:26:00`. */
  soldAt: string;
  /** Pence. */
  unitPrice: number;
  /** Undefined for guests. */
  customer: string | undefined;
}

const COLUMNS = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

interface Row {
  number: number;
  fields: string[];
}

/** Rows of comma-separated text by RFC 4180: quoted fields may hold commas, doubled quotes and line ends. */
export function readRows(text: string): Row[] {
  const rows: Row[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let row: Row = { number: 1, fields: [] };
  let line = 1;
  for (field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0; field.lastIndex < text.length || row.fields.length > 0; ) {
    const found = field.exec(text);
    if (!found) throw new Error(`line ${line}: a quote stands where none can`);
    const [whole, quoted, plain = '', end] = found;
    row.fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (row.fields.length > 1 || row.fields[0] !== '') rows.push(row);
    row = { number: line, fields: [] };
  }
  return rows;
}

/** The lines of a file of this shape. Throws, naming the line, when one is not what the heading says. */
export function readRetailFile(text: string): RetailLine[] {
  const [heading, ...rows] = readRows(text);
  if (heading?.fields.join() !== COLUMNS) throw new Error(`the columns are not ${COLUMNS}`);
  return rows.map(readLine);
}

function readLine({ number, fields }: Row): RetailLine {
  const [invoiceNo = '', written = '', description = '', quantity = '', soldAt = '', price = '', customer = '', ...rest] = fields;
  const wrong = (what: string) => new Error(`line ${number}: ${what}`);
  if (rest.length !== 1) throw wrong(`${fields.length} fields where there should be 8`);
  const writtenCode = written.trim();
  if (invoiceNo === '' || writtenCode === '') throw wrong('it has no invoice number or no code');
  if (!/^-?\d+$/.test(quantity) || Number(quantity) === 0) throw wrong(`"${quantity}" is no quantity`);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(soldAt)) throw wrong(`"${soldAt}" is no date`);
  const unitPrice = penceOf(price);
  if (unitPrice === undefined) throw wrong(`"${price}" is no price`);
  return {
    number,
    invoiceNo,
    code: writtenCode.toUpperCase(),
    writtenCode,
    description: description.trim(),
    quantity: Number(quantity),
    soldAt,
    unitPrice,
    customer: customer === '' ? undefined : customer,
  };
}

/** Read as text, because 4.35 times 100 is not 435 in floating point. Undefined for what is not pounds with at most two decimals. */
function penceOf(pounds: string): number | undefined {
  const found = /^(\d+)(?:\.(\d{1,2}))?$/.exec(pounds);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : undefined;
}
