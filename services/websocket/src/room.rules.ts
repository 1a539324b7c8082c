import type { Envelope, OrderStatus, Role } from '@souk/contracts';
import type { Announcement } from './room.model.ts';

export const userRoom = (userId: string): string => `user:${userId}`;
export const companyRoom = (companyId: string): string => `company:${companyId}`;
export const shopRoom = (shopId: string): string => `shop:${shopId}`;
export const orderRoom = (orderId: string): string => `order:${orderId}`;
export const isOrderRoom = (room: string): boolean => room.startsWith(orderRoom(''));

interface Member {
  userId: string;
  role: Role;
  companyId?: string | undefined;
  shopIds: readonly string[];
  scopes?: readonly string[] | undefined;
  withheld?: readonly string[] | undefined;
}

/** What the rooms of shops and companies tell of. */
const TOLD = ['orders:read', 'inventory:read'];

/** Whether a service account's scopes name a permission, or a company does not withhold it from its people. */
const holds = ({ scopes, withheld }: Member, permission: string): boolean =>
  (scopes?.includes(permission) ?? true) && withheld?.includes(permission) !== true;

/**
 * The rooms a user is in by right, from the moment the socket opens. Who may not read all that a room tells of is not in it: offsets
 * have no gaps, so nothing can be left out for one of its members.
 */
export function roomsOf(member: Member): string[] {
  const { userId, role, companyId, shopIds } = member;
  const rooms = [userRoom(userId)];
  if (!TOLD.every((permission) => holds(member, permission))) return rooms;
  if (role === 'company_admin' && companyId !== undefined) rooms.push(companyRoom(companyId));
  if (role === 'shop_manager' || role === 'shop_staff') rooms.push(...shopIds.map(shopRoom));
  return rooms;
}

interface OrderOwner {
  companyId: string;
  shopId: string;
  customerId?: string | undefined;
}

/** Whether a user may follow an order: its buyer, the people of its shop and company, the platform. */
export function maySeeOrder(member: Member, order: OrderOwner): boolean {
  if (!holds(member, 'orders:read')) return false;
  if (member.role === 'super_admin') return true;
  if (member.role === 'customer') return order.customerId === member.userId;
  if (member.companyId !== order.companyId) return false;
  return member.role === 'company_admin' || member.shopIds.includes(order.shopId);
}

interface OrderNews extends OrderOwner {
  orderId: string;
  orderNumber: string;
}

/** What an order's fact tells its buyer, its shop and its company. `sequence` orders the statuses of one order. */
export function orderAnnouncement(event: Envelope<OrderNews>, status: OrderStatus, more: object = {}): Announcement {
  const { orderId, orderNumber, companyId, shopId, customerId } = event.data;
  const rooms = [
    orderRoom(orderId),
    shopRoom(shopId),
    companyRoom(companyId),
    ...(customerId === undefined ? [] : [userRoom(customerId)]),
  ];
  const data = { orderId, orderNumber, companyId, shopId, status, sequence: event.sequence, ...more };
  return { rooms, event: 'order:status_updated', causeId: event.id, at: new Date(event.time), data };
}

interface StockNews {
  companyId: string;
  shopIds: string[];
  sku: string;
  warehouseId: string;
  onHand: number;
  reserved: number;
  available: number;
}

/** What a change of stock tells the shops it serves and their company. */
export function stockAnnouncement(event: Envelope<StockNews>): Announcement {
  const { companyId, shopIds, sku, warehouseId, onHand, reserved, available } = event.data;
  const data = { sku, warehouseId, onHand, reserved, available, sequence: event.sequence };
  return {
    rooms: [companyRoom(companyId), ...shopIds.map(shopRoom)],
    event: 'inventory:stock_updated',
    causeId: event.id,
    at: new Date(event.time),
    data,
    state: { of: `stock:${warehouseId}:${sku}`, sequence: event.sequence },
  };
}

/** The rooms that each of several announcements is to be heard in: not where another tells a newer state of the same. */
export function heardIn(announcements: readonly Announcement[]): string[][] {
  const newest = new Map<string, Announcement>();
  const place = (room: string, of: string) => `${room} ${of}`;
  for (const announcement of announcements) {
    const { state, rooms } = announcement;
    if (!state) continue;
    for (const room of rooms) {
      const known = newest.get(place(room, state.of));
      if ((known?.state?.sequence ?? -1) < state.sequence) newest.set(place(room, state.of), announcement);
    }
  }
  return announcements.map((each) => each.rooms.filter((room) => !each.state || newest.get(place(room, each.state.of)) === each));
}
