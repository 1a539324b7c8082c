import { defineError } from '@souk/service-kit';

export const roomUnknown = defineError('websocket.room_unknown', 404, 'There is no such room, or it is not yours to join');
export const tooManyRooms = defineError('websocket.too_many_rooms', 409, 'A socket follows two hundred orders at most');
