import { isDeepStrictEqual } from 'node:util';
import type { Order } from '../../services/sales/src/order.model.ts';
import { allowedMoves } from '../../services/sales/src/order.rules.ts';
import type { SagaStep } from '../../services/sales/src/saga.rules.ts';
import { EDIT, SAGA } from '../../services/sales/src/saga.rules.ts';

/** States of an order that people move it between; where they lead is asked of the rules themselves. */
const STATUSES = ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'completed', 'cancelled'] as const;

/** All that the rows of the table look at when they say where they lead. */
const anyOrder = (status: Order['status']): Order => ({
  _id: '',
  orderNumber: '',
  companyId: '',
  shopId: '',
  source: 'checkout',
  revision: 1,
  currency: 'USD',
  lines: [],
  pricing: { subtotal: 0, discount: 0, shipping: 0, tax: 0, total: 0 },
  coupons: [],
  paymentMethod: 'sandbox',
  warehouseIds: [],
  status,
  phase: 'open',
  paymentStatus: 'pending',
  answers: {},
  holdUntil: new Date(0),
  asks: 0,
  shipments: [],
  timeline: [],
  placedAt: new Date(0),
  version: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

/** A row's outcome as a state of the diagram. */
function targetOf({ move }: SagaStep): { state: string; note: string } {
  const decided = move(anyOrder('pending'));
  const isAsked = isDeepStrictEqual(move({ ...anyOrder('pending'), cancelAsked: 'hold_broken' }), {
    kind: 'cancel',
    reason: 'hold_broken',
  });
  switch (decided.kind) {
    case 'cancel':
      return { state: 'cancelled', note: isAsked ? 'by whoever asked' : decided.reason };
    case 'confirm':
      return { state: 'confirmed', note: '' };
    case 'capture':
      return { state: 'paying', note: 'order.capture_requested' };
    case 'reopen':
      return { state: 'open', note: '' };
    case 'wait':
      return { state: 'open', note: '' };
  }
}

const label = (step: SagaStep) => {
  const { note } = targetOf(step);
  return note === '' ? step.name : `${step.name} (${note})`;
};

const sagaArrows = SAGA.map((step) => `    ${step.phase} --> ${targetOf(step).state}: ${label(step)}`);

/** An edit comes from people and leads back to where the table begins. */
const editArrow = `    ${EDIT.phase} --> ${EDIT.phase}: ${EDIT.name} (order.item_changed)`;

/** A pending order is the saga's; what people may ask of it is its row `cancel`. */
function lifecycleArrows(): string[] {
  return STATUSES.filter((status) => status !== 'pending').flatMap((status) =>
    allowedMoves(anyOrder(status)).map((to) => `    ${status} --> ${to}: staff${to === 'cancelled' ? ' or customer' : ''}`),
  );
}

/** The order's life as a diagram and as a table, from the tables that the service itself runs by. */
export function renderSaga(): string {
  return [
    '# The order saga',
    '',
    'Generated from `services/sales/src/saga.rules.ts` and the moves in `order.rules.ts` by `npm run docs`; a test fails when it is stale.',
    'Until it is confirmed or cancelled an order is `pending`: `open` while answers are awaited, `paying` from the capture on. The order',
    'takes the first row whose condition holds, after each answer and at each deadline.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> open: order.created',
    '    state pending {',
    '        open',
    '        paying',
    '    }',
    ...sagaArrows,
    editArrow,
    ...lifecycleArrows(),
    '    completed --> [*]',
    '    cancelled --> [*]',
    '```',
    '',
    '| while | row | holds when | then |',
    '|---|---|---|---|',
    ...SAGA.map((step) => {
      const { state, note } = targetOf(step);
      return `| ${step.phase} | ${step.name} | ${step.when} | ${state}${note === '' ? '' : `: ${note}`} |`;
    }),
    '',
    `Beside the rows, while \`${EDIT.phase}\`, an order can be edited: ${EDIT.when}. That leads to ${EDIT.leadsTo}.`,
    'Answers that come to an older revision change nothing.',
    '',
    'A cancellation that somebody asks for while the money is under way is carried out by the rows of `paying`: once the outcome of the',
    'capture is known the order is cancelled, and what was captured is given back.',
    '',
  ].join('\n');
}
