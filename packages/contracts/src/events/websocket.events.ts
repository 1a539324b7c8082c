import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at } from './shapes.ts';

const producer = 'websocket';

const conversation = z.object({ conversationId: id, companyId: id, shopId: id });
const support = { conversationId: ids.conversation, companyId: ids.company, shopId: ids.shop };

export const chatMessageSent = defineEvent({
  type: 'chat.message_sent',
  producer,
  when: 'A message was stored in a conversation; its words stay there, `recipientIds` are those to tell.',
  schema: conversation.extend({
    messageId: id,
    customerId: id,
    senderId: id,
    senderSide: z.enum(['customer', 'shop']),
    recipientIds: z.array(id),
    at,
  }),
  example: {
    ...support,
    messageId: ids.message,
    customerId: ids.customer,
    senderId: ids.customer,
    senderSide: 'customer',
    recipientIds: [ids.manager],
    at: moments.placed,
  },
});

export const chatTyping = defineEvent({
  type: 'chat.typing',
  producer,
  kind: 'signal',
  when: 'Somebody began or stopped typing in a conversation.',
  schema: conversation.extend({ userId: id, typing: z.boolean(), at }),
  example: { ...support, userId: ids.customer, typing: true, at: moments.placed },
});

export const presenceChanged = defineEvent({
  type: 'presence.changed',
  producer,
  kind: 'signal',
  when: "A user's first socket opened, their last one closed, or they went idle or came back.",
  schema: z.object({
    userId: id,
    companyId: id.optional(),
    shopIds: z.array(id),
    status: z.enum(['online', 'away', 'offline']),
    at,
  }),
  example: { userId: ids.manager, companyId: ids.company, shopIds: [ids.shop], status: 'online', at: moments.placed },
});

export const roomAppended = defineEvent({
  type: 'room.appended',
  producer,
  kind: 'signal',
  when: 'Messages were appended to rooms; each replica then emits them to its own sockets, reading them from the log.',
  schema: z.object({ rooms: z.array(z.object({ room: z.string(), offset: z.int().positive() })) }),
  example: { rooms: [{ room: `user:${ids.customer}`, offset: 7 }] },
});
