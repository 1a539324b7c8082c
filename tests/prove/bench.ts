import { benchCatalogue } from '../bench/catalogue.ts';
import { benchGateway } from '../bench/gateway.ts';
import { benchHotSku } from '../bench/hot-sku.ts';
import { benchOrders } from '../bench/orders.ts';
import { areMet, lineOf, pageOf } from '../bench/report.ts';
import type { Finding } from '../bench/rounds.ts';

const SUITES: Record<string, () => Promise<Finding>> = {
  'hot-sku': benchHotSku,
  gateway: benchGateway,
  catalogue: benchCatalogue,
  orders: benchOrders,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => SUITES[name] === undefined);
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}`);

const findings: Finding[] = [];
for (const [name, bench] of Object.entries(SUITES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const finding = await bench();
  findings.push(finding);
  console.log(lineOf(finding));
}
console.log('--- report');
console.log(pageOf(findings));
process.exitCode = areMet(findings) ? 0 : 1;
