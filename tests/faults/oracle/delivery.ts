import type { Check, Fault, LoggedFact, Snapshot } from './snapshot.ts';
import { fault, repeated } from './snapshot.ts';

const allSent: Check = ({ logs }) =>
  Object.entries(logs).flatMap(([producer, facts]) =>
    facts
      .filter(({ unsent, position }) => unsent === true || position === undefined)
      .map(({ _id, type }) => fault('fact is published', _id, `${type} of ${producer} waits in the log`)),
  );

const positionsAreUnique: Check = ({ logs }) =>
  Object.entries(logs).flatMap(([producer, facts]) =>
    repeated(
      facts.filter(({ position }) => position !== undefined),
      ({ position }) => String(position),
    ).map((position) => fault('position is unique', `${producer} ${position}`, 'is that of several facts')),
  );

/** The facts of all producers that a consumer listens to, since it does. */
function factsFor({ logs, since, subscribed }: Snapshot, consumer: string): LoggedFact[] {
  const types = new Set(subscribed[consumer]);
  const starts = since[consumer] ?? {};
  return Object.values(logs)
    .flat()
    .filter(({ type, time }) => {
      const start = starts[type];
      return types.has(type) && start !== undefined && time >= start;
    });
}

/** Every fact is remembered once by every consumer of it, and none was set aside instead of being applied. */
function faultsOfConsumer(snapshot: Snapshot, consumer: string): Fault[] {
  const marks = snapshot.seen[consumer] ?? [];
  const ids = new Set(marks.map(({ _id }) => _id));
  const missing = factsFor(snapshot, consumer)
    .filter(({ _id }) => !ids.has(_id))
    .map(({ _id, type, subject }) => fault('fact is applied', `${consumer} ${_id}`, `${type} of ${subject} is missing`));
  const twice = repeated(marks, ({ _id }) => _id).map((id) => fault('fact is applied once', `${consumer} ${id}`, 'seen twice'));
  const aside = marks.filter(({ setAside }) => setAside === true);
  return [...missing, ...twice, ...aside.map(({ _id }) => fault('fact is applied', `${consumer} ${_id}`, 'was set aside'))];
}

const allApplied: Check = (snapshot) =>
  Object.keys(snapshot.subscribed).flatMap((consumer) => faultsOfConsumer(snapshot, consumer));

const seenWereLogged: Check = ({ logs, seen }) => {
  const known = new Set(
    Object.entries(logs).flatMap(([service, facts]) => facts.map(({ _id }) => `/services/${service} ${_id}`)),
  );
  return Object.entries(seen).flatMap(([consumer, marks]) =>
    marks
      .filter(({ producer, _id }) => !known.has(`${producer} ${_id}`))
      .map(({ _id, producer }) => fault('applied fact was logged', `${consumer} ${_id}`, `${producer} has no such fact`)),
  );
};

const nothingSetAside: Check = ({ deadLetters }) =>
  deadLetters.map(({ _id, reason }) => fault('no dead letter', _id, reason.slice(0, 200)));

/** One fact tells one person once over each channel, and stands in a room's log once, without gaps between. */
const toldOnce: Check = ({ notifications, messages }) => [
  ...repeated(notifications, ({ eventId, userId, channel }) => `${eventId} ${userId} ${channel}`).map((about) =>
    fault('people are told once', about, 'was told several times'),
  ),
  ...repeated(messages, ({ room, causeId }) => `${room} ${causeId}`).map((about) =>
    fault('rooms are told once', about, 'is several messages'),
  ),
];

const offsetsHaveNoGap: Check = ({ messages }) => {
  const rooms = new Map<string, number[]>();
  for (const { room, offset } of messages) rooms.set(room, [...(rooms.get(room) ?? []), offset]);
  return [...rooms].flatMap(([room, offsets]) => {
    const sorted = offsets.sort((a, b) => a - b);
    const gap = sorted.find((offset, index) => offset !== (sorted[0] ?? 1) + index);
    return gap === undefined ? [] : [fault('offsets have no gap', room, `before ${gap}`)];
  });
};

export const deliveryChecks: Check[] = [
  allSent,
  positionsAreUnique,
  allApplied,
  seenWereLogged,
  nothingSetAside,
  toldOnce,
  offsetsHaveNoGap,
];
