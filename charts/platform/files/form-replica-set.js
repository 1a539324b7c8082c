// Makes MongoDB's servers one replica set, by mongosh. The first begins it where no server knows of one; those that it does not have yet are
// added, and vote once they have its data; the administrator is made. Run again it changes nothing.
const { readFileSync } = require('node:fs');

const SET = 'souk';
const RETRY_MS = 1_000;
const { MEMBERS, KEYFILE, ADMINISTRATOR, ADMINISTRATOR_PASSWORD, WITHIN_SECONDS } = process.env;
const hosts = MEMBERS.split(',');
const deadlineMs = Date.now() + Number(WITHIN_SECONDS) * 1_000;

/** To the servers whoever has their keyfile is one of them, also while there is no user yet. */
const [login, source] = KEYFILE ? [`__system:${readFileSync(KEYFILE, 'utf8').trim()}@`, '&authSource=local'] : ['', ''];
const open = (addresses, option) =>
  new Mongo(`mongodb://${login}${addresses}/?serverSelectionTimeoutMS=5000&${option}${source}`).getDB('admin');

/** Asks again until there is an answer. Throws with the last reason when there is none in time. */
function until(what, ask) {
  let reason = 'not yet';
  while (Date.now() < deadlineMs) {
    try {
      const answer = ask();
      if (answer) return answer;
    } catch (error) {
      reason = error.message;
    }
    sleep(RETRY_MS);
  }
  throw new Error(`${what}: ${reason}`);
}

const helloOf = (host) => {
  try {
    return open(host, 'directConnection=true').runCommand({ hello: 1 });
  } catch {
    return undefined;
  }
};

// All must answer before one begins a set: of three that are there, the first may be the one that lost its volume.
const found = until('a set, or an answer of every server', () => {
  const hellos = [];
  for (const host of hosts) hellos.push(helloOf(host));
  const isBegun = hellos.some((hello) => hello?.setName);
  return isBegun || hellos.every((hello) => hello) ? { isBegun } : undefined;
});
if (!found.isBegun) {
  const members = [{ _id: 0, host: hosts[0] }];
  open(hosts[0], 'directConnection=true').runCommand({ replSetInitiate: { _id: SET, members } });
  print(`${hosts[0]} began the set`);
}

const findPrimary = () => {
  const set = open(MEMBERS, `replicaSet=${SET}`);
  return set.runCommand({ hello: 1 }).isWritablePrimary ? set : undefined;
};
const primary = until('a primary', findPrimary);

if (ADMINISTRATOR) {
  const access = { pwd: ADMINISTRATOR_PASSWORD, roles: ['root'] };
  until('the administrator', () => {
    if (primary.getUser(ADMINISTRATOR)) primary.updateUser(ADMINISTRATOR, access);
    else primary.createUser({ user: ADMINISTRATOR, ...access });
    return true;
  });
}

/** Changes the set's configuration unless it is as `change` wants it. The server refuses a change while it still spreads the last one. */
function reconfigure(what, change) {
  until(what, () => {
    const { config } = primary.runCommand({ replSetGetConfig: 1 });
    if (!change(config)) return true;
    config.version += 1;
    primary.runCommand({ replSetReconfig: config });
    print(what);
    return true;
  });
}

// A voter without data would hold up every write that waits for a majority.
for (const host of hosts) {
  reconfigure(`${host} is a member`, ({ members }) => {
    if (members.some((member) => member.host === host)) return false;
    members.push({ _id: Math.max(...members.map(({ _id }) => _id)) + 1, host, votes: 0, priority: 0 });
    return true;
  });
}
const HAS_DATA = [1, 2];
for (const host of hosts) {
  reconfigure(`${host} votes`, ({ members }) => {
    const member = members.find((one) => one.host === host);
    if (member.votes > 0) return false;
    const status = primary.runCommand({ replSetGetStatus: 1 });
    if (!status.members.some(({ name, state }) => name === host && HAS_DATA.includes(state))) throw new Error('it has no data yet');
    Object.assign(member, { votes: 1, priority: 1 });
    return true;
  });
}
print(`the set has ${hosts.length} members`);
