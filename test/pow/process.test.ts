import { describe, expect, it } from 'vitest';
import { run } from './bundle.js';

/** Ends by itself well within this; a timer or thread that keeps it alive lasts 5 s or for ever. */
const SOON_MS = 1_000;

describe.concurrent('a process', () => {
  it('that solved ends by itself', async () => {
    const { code, lines, lingeredMs } = await run(`
      const { nonce } = await pow.solve({ challenge: 'c', difficulty: 12 });
      say(pow.verify({ challenge: 'c', difficulty: 12, nonce }));
    `);
    expect({ code, lines }).toEqual({ code: 0, lines: [true] });
    expect(lingeredMs).toBeLessThan(SOON_MS);
  });

  it('with idle pools ends by itself', async () => {
    const { code, lingeredMs } = await run(`
      await Promise.all([pow.warmUp(), pow.createSolver({ threads: 2 }).warmUp()]);
      say('warm');
    `);
    expect(code).toBe(0);
    expect(lingeredMs).toBeLessThan(SOON_MS);
  });

  it.each(['10_000', 'Infinity'])('that awaits a solve with %s ms does not end before it', async (timeoutMs) => {
    const { code, lines } = await run(`
      await pow.solve({ challenge: 'c', difficulty: 20, timeoutMs: ${timeoutMs} });
      say('solved');
    `);
    expect({ code, lines }).toEqual({ code: 0, lines: ['solved'] });
  });

  it('that awaits an estimate or a diagnosis does not end before it', async () => {
    const { code, lines } = await run(`
      say((await pow.estimate(10)).expectedHashes);
      say((await pow.diagnose()).transport);
    `);
    expect({ code, lines }).toEqual({ code: 0, lines: [1024, 'worker-thread'] });
  });

  it('ends by itself after abort, time-out and close', async () => {
    const { code, lines, lingeredMs } = await run(`
      const hopeless = { challenge: 'c', difficulty: 250, maxDifficulty: 256 };
      const name = (error) => say(error.code ?? error);
      const aborter = new AbortController();
      const aborted = pow.solve({ ...hopeless, signal: aborter.signal }).catch(name);
      setTimeout(() => aborter.abort('aborted'), 50);
      await aborted;
      await pow.solve({ ...hopeless, timeoutMs: 50 }).catch(name);
      const solver = pow.createSolver();
      const closed = solver.solve(hopeless).catch(name);
      await solver.close();
      await closed;
    `);
    expect({ code, lines }).toEqual({ code: 0, lines: ['aborted', 'POW_TIMEOUT', 'POW_CLOSED'] });
    expect(lingeredMs).toBeLessThan(SOON_MS);
  });

  it('that may start no threads solves in slices, and says why', async () => {
    const [major] = process.versions.node.split('.').map(Number);
    const permission = major! < 23 ? '--experimental-permission' : '--permission';
    const { code, lines } = await run(
      `
      const { transport } = await pow.solve({ challenge: 'c', difficulty: 12 });
      say(transport);
      const { why, kernels } = await pow.diagnose();
      say(why);
      say(kernels.available);
      `,
      [permission, '--allow-fs-read=*'],
    );
    expect(code).toBe(0);
    expect(lines).toEqual([
      'same-thread',
      expect.stringMatching(/^Workers failed: .*(permission|restricted)/i),
      ['simd', 'scalar', 'js'],
    ]);
  });

  it('grows by nothing over 10,000 solves', async () => {
    const { code, lines } = await run(
      `
      const used = () => { gc(); gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers; };
      const { signal } = new AbortController();
      const some = async (count) => {
        for (let i = 0; i < count; i += 50) {
          await Promise.all(Array.from({ length: 50 }, (_, j) => pow.solve({ challenge: 'c' + i + j, difficulty: 4, signal })));
        }
      };
      await some(2_000);
      const before = used();
      await some(10_000);
      say(used() - before);
      `,
      ['--expose-gc'],
    );
    expect(code).toBe(0);
    // One leaked object a solve would be a megabyte.
    expect(lines[0]).toBeLessThan(500_000);
  });
});

describe.concurrent('without workers', () => {
  const GONE = 'process.getBuiltinModule = undefined;\n';

  it('a process solves on its own thread, and says why', async () => {
    const { code, lines } = await run(`${GONE}
      const { nonce, transport, threads } = await pow.solve({ challenge: 'c', difficulty: 12, threads: 4 });
      say([pow.verify({ challenge: 'c', difficulty: 12, nonce }), transport, threads]);
      const { why, transport: way, kernels } = await pow.diagnose();
      say([why, way, Object.keys(kernels.rates)]);
      say((await pow.estimate(10)).hashesPerSecond > 200_000);
    `);
    expect(code).toBe(0);
    expect(lines).toEqual([
      [true, 'same-thread', 1],
      ['This runtime has no workers.', 'same-thread', ['simd', 'scalar']],
      true,
    ]);
  });

  it('a process takes each kernel, and ends on abort, time-out and the number of hashes', async () => {
    const { code, lines } = await run(`${GONE}
      for (const kernel of ['simd', 'scalar', 'js']) say((await pow.solve({ challenge: 'c', difficulty: 10, kernel })).kernel);
      const hopeless = { challenge: 'c', difficulty: 250, maxDifficulty: 256 };
      const name = (error) => say(error.code ?? error);
      const aborter = new AbortController();
      setTimeout(() => aborter.abort('aborted'), 30);
      await pow.solve({ ...hopeless, signal: aborter.signal }).catch(name);
      await pow.solve({ ...hopeless, timeoutMs: 30 }).catch(name);
      await pow.solve({ ...hopeless, maxHashes: 50_000 }).catch(name);
      const solver = pow.createSolver();
      const closed = solver.solve(hopeless).catch(name);
      setTimeout(() => solver.close(), 10);
      await closed;
    `);
    expect(code).toBe(0);
    expect(lines).toEqual(['simd', 'scalar', 'js', 'aborted', 'POW_TIMEOUT', 'POW_TIMEOUT', 'POW_CLOSED']);
  });

  it('a process does not need WebAssembly either', async () => {
    const { code, lines } = await run(`${GONE}
      WebAssembly.compile = async () => { throw new Error('not allowed here'); };
      say((await pow.solve({ challenge: 'c', difficulty: 10 })).kernel);
      const { kernels: { available, failures, rates } } = await pow.diagnose();
      say([available, failures, Object.keys(rates)]);
      await pow.solve({ challenge: 'c', difficulty: 10, kernel: 'simd' }).catch(({ code, message }) => say([code, message]));
    `);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'js',
      [['js'], { simd: 'not allowed here', scalar: 'not allowed here' }, ['js']],
      ['POW_KERNEL', "The simd kernel cannot run here: not allowed here. Use kernel: 'auto'."],
    ]);
  });

  it('a hundred solves leave the event loop its turns, and take turns themselves', async () => {
    const { code, lines } = await run(`${GONE}
      await pow.solve({ challenge: 'warm', difficulty: 18 });
      let end;
      const ended = new Promise((resolve) => { end = resolve; });
      const clock = { now: Date.now, monotonic: () => performance.now(), sleep: () => ended };
      const solver = pow.createSolver({ clock });
      // CPU time, not the wall's: the machine may have other things to do.
      const cpuMs = () => process.cpuUsage().user / 1000;
      let last = cpuMs(), longest = 0, turns = 0;
      const beat = setInterval(() => {
        const now = cpuMs();
        longest = Math.max(longest, now - last);
        last = now;
        turns++;
      }, 1);
      const question = { difficulty: 250, maxDifficulty: 256, maxHashes: 200_000 };
      const solves = Array.from({ length: 100 }, (_, i) => solver.solve({ ...question, challenge: 'c' + i }).catch((error) => error));
      // The clock says that time is up for all when the first one has tried its share.
      await Promise.race(solves);
      end();
      const hashes = (await Promise.all(solves)).map((error) => error.hashes);
      clearInterval(beat);
      say([turns, longest, Math.min(...hashes), Math.max(...hashes)]);
    `);
    expect(code).toBe(0);
    const [turns, longest, fewest, most] = lines[0] as number[];
    // Slices take 8 ms; a hundred of them in one turn of the event loop would take most of a second.
    expect(turns).toBeGreaterThan(20);
    expect(longest).toBeLessThan(200);
    expect(fewest).toBeGreaterThan(0);
    expect(most).toBeGreaterThanOrEqual(200_000);
  });
});
