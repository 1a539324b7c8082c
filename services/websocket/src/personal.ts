import type { PersonalData } from '@souk/personal-data';
import { userRoom } from './room.rules.ts';
import { messages } from './room.store.ts';

const PAGE = 100;

const heard: PersonalData = {
  name: 'messages',
  read: (ctx, { userId, cursor }) =>
    ctx.in(messages).page({ room: userRoom(userId) }, { offset: 1, _id: 1 }, { limit: PAGE, cursor }),
  erase: (ctx, userId) => ctx.transaction((tx) => tx.in(messages).deleteMany({ room: userRoom(userId) })),
};

/** What websocket holds of people: what their sockets were told of late. */
export const personal = [heard];
