// What the panel asks of a kernel, and what it makes of the answers.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from './load.mjs';

const { Connection } = await load('connection');

class Signal {
  slots = [];
  connect(slot, self) {
    this.slots.push([slot, self]);
  }
  disconnect(slot, self) {
    this.slots = this.slots.filter(([s, o]) => s !== slot || o !== self);
  }
  emit(...args) {
    for (const [slot, self] of [...this.slots]) {
      slot.call(self, ...args);
    }
  }
}

/** A notebook whose kernel keeps what it is asked. */
function notebook(name = 'gosched') {
  const context = { kernelChanged: new Signal(), statusChanged: new Signal(), comms: [] };
  const createComm = target => {
    const comm = { target, sent: [], isDisposed: false };
    comm.open = data => comm.sent.push({ open: data });
    comm.send = data => comm.sent.push(data);
    comm.close = () => {
      comm.isDisposed = true;
    };
    comm.answers = data => comm.onMsg({ content: { data } });
    context.comms.push(comm);
    return comm;
  };
  context.session = { kernel: { name, createComm } };
  return context;
}

let connection, states;
beforeEach(() => {
  connection = new Connection();
  states = [];
  connection.onState = state => states.push(state);
});

const state = took => ({ method: 'state', took, goroutines: [], more: 0, variables: [], declared: [], whole: true });

test('opens a comm with its version, and asks', () => {
  const nb = notebook();
  connection.follow(nb);
  assert.equal(nb.comms.length, 1);
  assert.equal(nb.comms[0].target, 'gosched.panel');
  assert.deepEqual(nb.comms[0].sent, [{ open: { version: 1 } }, { method: 'state', all: false }]);
  nb.comms[0].answers(state(0));
  assert.equal(states.at(-1).whole, true);
});

test('leaves kernels of other languages alone', () => {
  const nb = notebook('python3');
  connection.follow(nb);
  assert.equal(nb.comms.length, 0);
  assert.equal(connection.connected, false);
});

test('waits a hundred times as long as an answer took', () => {
  const clock = Date.now;
  let now = 1_000_000;
  Date.now = () => now;
  try {
    const nb = notebook();
    connection.follow(nb);
    const asked = () => nb.comms[0].sent.filter(m => m.method === 'state').length;
    connection.ask();
    assert.equal(asked(), 1, 'asks again before there is an answer');
    nb.comms[0].answers(state(20));
    now += 1999;
    connection.ask();
    assert.equal(asked(), 1, 'asks too soon');
    now += 1;
    connection.ask();
    assert.equal(asked(), 2);
    now += 5000;
    connection.ask();
    assert.equal(asked(), 3, 'an answer that never comes is waited for');
  } finally {
    Date.now = clock;
  }
});

test('formats, and tells what is wrong', async () => {
  const nb = notebook();
  connection.follow(nb);
  const good = connection.format('x:=1');
  const bad = connection.format('x:=');
  const [first, second] = nb.comms[0].sent.filter(m => m.method === 'format');
  nb.comms[0].answers({ method: 'formatted', id: second.id, error: 'no expression' });
  nb.comms[0].answers({ method: 'formatted', id: first.id, source: 'x := 1' });
  assert.equal(await good, 'x := 1');
  await assert.rejects(bad, /no expression/);
});

test('a kernel that goes answers nothing, and the next one is asked', async () => {
  const nb = notebook();
  connection.follow(nb);
  const formatting = connection.format('x:=1');
  nb.statusChanged.emit(nb, 'restarting');
  await assert.rejects(formatting, /gone/);
  assert.equal(states.at(-1), null);
  nb.statusChanged.emit(nb, 'idle');
  assert.equal(nb.comms.length, 2);
  nb.comms[0].answers(state(0)); // too late
  assert.equal(states.at(-1), null);
});

test('another notebook closes the comm of the one before', () => {
  const one = notebook();
  const two = notebook();
  connection.follow(one);
  connection.follow(two);
  assert.equal(one.comms[0].isDisposed, true);
  assert.equal(two.comms.length, 1);
  assert.equal(one.kernelChanged.slots.length + one.statusChanged.slots.length, 0);
});
