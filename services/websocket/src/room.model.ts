/** A message in a room's log: offsets of a room have no gap, so a client knows whether it has missed one. */
export interface Message {
  _id: string;
  room: string;
  offset: number;
  /** The Socket.IO event clients listen to: `order:status_updated`. */
  event: string;
  /** The fact it came from: the same fact in two rooms is told apart by the room only. */
  causeId: string;
  at: Date;
  data: unknown;
}

/** The end of a room's log. */
export interface RoomHead {
  _id: string;
  offset: number;
  ver: number;
}

/** What one fact says to whom. */
export interface Announcement {
  rooms: string[];
  event: string;
  causeId: string;
  at: Date;
  data: unknown;
  /** What it tells the state of: of several told at once, a room hears the one with the highest sequence only. */
  state?: { of: string; sequence: number };
}
