import type { Reservation } from '../hold/hold.rules.ts';
import { allocate, awaitHold, extend, release, reserve } from '../hold/hold.rules.ts';
import { ship } from '../hold/shipment.rules.ts';
import type { StockBook } from './book.rules.ts';
import type { GoodsDecision } from './goods.rules.ts';
import { adjust, createItem, describe, receive } from './goods.rules.ts';
import type { Asked, GoodsRequest, HoldRequest, StockRequest } from './model.rules.ts';

export type StockDecision = GoodsDecision | { reservation: Reservation } | { done: true };

const GOODS = ['receive', 'create', 'adjust', 'describe'] as const;

export function isAboutGoods(request: StockRequest): request is GoodsRequest & Asked {
  return GOODS.some((kind) => kind === request.kind);
}

/** Decides request number `by` on the book as the requests before it left it. */
export function decide(book: StockBook, request: StockRequest, by: number): StockDecision {
  book.begin(by, request);
  return isAboutGoods(request) ? decideGoods(book, request) : decideHold(book, request);
}

function decideGoods(book: StockBook, request: GoodsRequest): GoodsDecision {
  switch (request.kind) {
    case 'receive':
      return receive(book, request);
    case 'create':
      return createItem(book, request);
    case 'adjust':
      return adjust(book, request);
    case 'describe':
      return describe(book, request);
  }
}

function decideHold(book: StockBook, request: HoldRequest): StockDecision {
  switch (request.kind) {
    case 'reserve':
      return { reservation: reserve(book, request) };
    case 'allocate':
      allocate(book, request);
      return { done: true };
    case 'release':
      release(book, request);
      return { done: true };
    case 'extend':
      extend(book, request);
      return { done: true };
    case 'ship':
      ship(book, book.holds.get(request.orderId) ?? awaitHold(book, request), {
        shipmentId: request.shipmentId,
        lines: request.lines,
      });
      return { done: true };
  }
}
