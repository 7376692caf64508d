// Counts all events by name, by EPREAD through node-redis. Where it has got to is in one file with the counts, so it
// can be killed at any time and started again.
//
//   npm install redis
//   node count-events.mjs counts.txt [port]
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

const [path, port = '9090'] = process.argv.slice(2);

/** For each partition the sequence that has not been counted yet, and how often each event name came. */
function load() {
  const positions = new Map();
  const counts = new Map();
  if (fs.existsSync(path)) {
    for (const line of fs.readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const [, kind, a, b] = /^(\S+) (\d+) (.*)$/.exec(line);
      if (kind === 'position') positions.set(Number(a), Number(b));
      else counts.set(b, Number(a));
    }
  }
  return { positions, counts };
}

/** Positions and counts together, or neither: that is what makes a restart exact. */
function save({ positions, counts }) {
  const lines = [
    ...[...positions].map(([partition, next]) => `position ${partition} ${next}\n`),
    ...[...counts].map(([name, count]) => `count ${count} ${name}\n`),
  ];
  fs.writeFileSync(`${path}.new`, lines.join(''), { flush: true });
  fs.renameSync(`${path}.new`, path);
  console.log([...counts.values()].reduce((a, b) => a + b, 0), 'events counted');
}

async function follow(client) {
  const hello = await client.sendCommand(['HELLO', '3']);
  const partitions = [...Array(hello.num_partitions).keys()];
  const state = load();
  for (;;) {
    const reply = await client.sendCommand([
      'EPREAD', 'COUNT', '500', 'BLOCK', '1000', 'PARTITIONS',
      ...partitions.map(String),
      ...partitions.map((p) => String(state.positions.get(p) ?? 0)),
    ]);
    if (reply === null) continue; // nothing came for a second
    for (const event of Object.values(reply).flat()) {
      state.positions.set(event.partition_id, event.partition_sequence + 1);
      state.counts.set(event.event_name, (state.counts.get(event.event_name) ?? 0) + 1);
    }
    save(state);
  }
}

for (;;) {
  const client = createClient({ RESP: 3, socket: { port: Number(port), reconnectStrategy: false } });
  client.on('error', () => {}); // what went wrong is thrown by the command as well
  try {
    await client.connect();
    await follow(client);
  } catch (problem) {
    console.log('connecting again:', problem.message);
    client.destroy();
    await sleep(1000);
  }
}
