// What a program with intents does all day: follows events, against what does it bare; is told of them; creates and observes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createParser } from 'eventsource-parser';
import { AxmeClient } from '../dist/axme.js';
import { startEmulator } from './emulator.mjs';
import { ratesOf, takeTurns } from './rounds.mjs';
import { median, quantile } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

/** Issue 7: how fast beside the bare reading of the same bytes, and milliseconds until a first event is told, median. */
const TARGETS = { events: 0.6, firstEventMs: 20 };

const INTENT = '0b8a6a5e-5f0e-4c58-9b2c-1d0f0f4b7a11';
const EVENTS = 10_000;
/** What one read of a busy socket gives. */
const CHUNK = 65_536;
const IN_FLIGHT = 64;

/** Events as the emulator writes them, of which the last is final. */
const frame = (seq) => {
  const status = seq === EVENTS ? 'COMPLETED' : 'IN_PROGRESS';
  const type = `intent.${status.toLowerCase()}`;
  const event = {
    intent_id: INTENT,
    seq,
    event_type: type,
    status,
    at: '2030-01-01T00:00:00.000Z',
    handler: 'agent://acme/shop/clerk',
    actor: 'agent://acme/shop/clerk',
    details: { step: seq, note: 'x'.repeat(60) },
  };
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
};

export async function answer({ quick }) {
  const plan = quick
    ? { rounds: 31, ms: 60, warmUpMs: 1500, firsts: 100, creates: 5, intents: 128 }
    : { rounds: 201, ms: 60, warmUpMs: 3000, firsts: 500, creates: 21, intents: 256 };
  return { events: await reading(plan), firstEvent: await firstEvents(plan), observed: await creating(plan) };
}

/** 10,000 events through `observe`, and the bare reading of the same bytes. */
async function reading({ rounds, ms, warmUpMs }) {
  const bytes = Buffer.from(Array.from({ length: EVENTS }, (_, i) => frame(i + 1)).join(''));
  const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) =>
    Uint8Array.from(bytes.subarray(i * CHUNK, (i + 1) * CHUNK)),
  );
  const fetch = async () => new Response(bodyOf(chunks), { headers: { 'content-type': 'text/event-stream' } });
  const client = new AxmeClient({ apiKey: 'axme_sa_bench_0123456789', baseUrl: 'https://axme.example' }, fetch);
  const ours = async () => {
    let count = 0;
    for await (const { seq } of client.observe(INTENT)) count += seq ? 1 : 0;
    return count;
  };
  const theirs = async () => {
    let count = 0;
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent({ data }) {
        count += JSON.parse(data).seq ? 1 : 0;
      },
    });
    const reader = new Response(bodyOf(chunks)).body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return count;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  };
  if ((await ours()) !== EVENTS || (await theirs()) !== EVENTS) throw new Error('Events are missing.');
  const contenders = [
    { by: 'countersign', run: ours },
    { by: 'TextDecoder, eventsource-parser, JSON.parse', run: theirs },
  ];
  for (const { run } of contenders) await keepRunning(run, warmUpMs);
  const turns = await takeTurns(contenders, rounds, ({ run }) => keepRunning(run, ms));
  const results = contenders.map(({ by }, i) => {
    const { median: perSecond, ...rates } = ratesOf(turns[i].map(({ count, ms }) => (count * 1000) / ms));
    return { by, perSecond, ...rates };
  });
  const [fast, bare] = turns.map((of) => of.map(({ count, ms }) => count / ms));
  const ratio = median(fast.map((rate, round) => rate / bare[round]));
  await client.close();
  return { results, target: TARGETS.events, ratio: Number(ratio.toFixed(4)) };
}

function bodyOf(chunks) {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next < chunks.length) controller.enqueue(chunks[next++]);
      else controller.close();
    },
  });
}

/** From the server's flush of a stream's first event to the consumer, in one process and over a socket. */
async function firstEvents({ firsts }) {
  let flushed = () => {};
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    // Later than the headers, as in a stream that waits for something to happen.
    setTimeout(() => {
      flushed();
      response.write(frame(1));
    }, 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new AxmeClient({
    apiKey: 'axme_sa_bench_0123456789',
    baseUrl: `http://127.0.0.1:${server.address().port}`,
  });
  const times = [];
  for (let i = 0; i < firsts; i++) {
    let at = 0;
    flushed = () => {
      at = performance.now();
    };
    for await (const _ of client.observe(INTENT)) break;
    times.push(performance.now() - at);
  }
  await client.close();
  server.closeAllConnections();
  server.close();
  return { streams: firsts, target: TARGETS.firstEventMs, ...percentiles(times) };
}

/** Intents created, observed while they are resolved, and seen complete, with 64 in flight. */
async function creating({ creates, intents }) {
  const emulator = await startEmulator();
  const { baseUrl, apiKey } = emulator.axme;
  const client = new AxmeClient({ apiKey, baseUrl });
  const order = { intent_type: 'orders.place.v1', to_agent: 'agent://acme/shop/clerk', payload: { order: 7 } };
  const times = [];
  const roundTrip = async () => {
    const start = performance.now();
    const { intent_id: id } = await client.createIntent(order);
    let last;
    for await (const { seq, status } of client.observe(id)) {
      if (seq === 2) await client.resolveIntent(id, { status: 'COMPLETED', result: { done: true } });
      last = status;
    }
    if (last !== 'COMPLETED') throw new Error('An intent was not seen complete.');
    times.push(performance.now() - start);
  };
  const atOnce = async () => {
    let left = intents;
    const lane = async () => {
      while (left-- > 0) await roundTrip();
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    return (intents * 1000) / (performance.now() - start);
  };
  try {
    await atOnce();
    times.length = 0;
    const rates = [];
    for (let round = 0; round < creates; round++) rates.push(await atOnce());
    const { median: perSecond, ...others } = ratesOf(rates);
    return { inFlight: IN_FLIGHT, perSecond, ...others, ...percentiles(times) };
  } finally {
    await client.close();
    await emulator.close();
  }
}

async function keepRunning(run, ms) {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < ms) {
    count += await run();
    elapsed = performance.now() - start;
  }
  return { count, ms: elapsed };
}

function percentiles(times) {
  return Object.fromEntries([50, 90, 99].map((p) => [`p${p}`, Number(quantile(times, p / 100).toFixed(3))]));
}

export function show({ runtime, cpu, events, firstEvent, observed }) {
  const most = Math.max(...events.results.map(({ perSecond }) => perSecond));
  const rows = events.results.map(({ by, perSecond, spread }) => [
    by,
    perSecond,
    `±${(spread * 50).toFixed(1)} %`,
    bar(perSecond / most),
  ]);
  const times = ({ p50, p90, p99 }) => [p50, p90, p99].map((ms) => ms.toFixed(2));
  const met = (holds) => (holds ? 'met' : 'missed');
  return [
    `\nEvents of an intent, ${runtime}, ${cpu}`,
    table(['10,000 events by', 'a second', 'spread', ''], rows),
    table(
      ['ms', 'p50', 'p90', 'p99'],
      [
        [`from a flush to its first event, ${firstEvent.streams} streams`, ...times(firstEvent)],
        [`create, observe, resolve, ${observed.inFlight} in flight`, ...times(observed)],
      ],
    ),
    table(
      ['what', 'target', 'measured', ''],
      [
        [
          'countersign / bare',
          `≥ ${events.target.toFixed(2)}`,
          events.ratio.toFixed(2),
          met(events.ratio >= events.target),
        ],
        [
          'ms from a flush to its first event, median',
          `≤ ${firstEvent.target}`,
          firstEvent.p50.toFixed(2),
          met(firstEvent.p50 <= firstEvent.target),
        ],
        ['round trips a second', '', String(observed.perSecond), ''],
      ],
    ),
  ].join('\n\n');
}

export function charts({ events }) {
  return {
    axme: {
      title: 'Events of an intent a second',
      height: { step: 22 },
      data: events.results.map(({ by, perSecond }) => ({ by, rate: perSecond, ours: by === 'countersign' })),
      mark: 'bar',
      x: { field: 'rate', title: 'events/s' },
      y: { field: 'by' },
      highlight: 'ours',
    },
  };
}
