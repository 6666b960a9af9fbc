import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createSolver,
  diagnose,
  estimate,
  PowDifficultyError,
  PowError,
  PowInputError,
  type PowProgress,
  PowTimeoutError,
  type SolveOptions,
  solve,
  verify,
  warmUp,
} from '../../src/pow/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';

const CHALLENGE = 'a-challenge-that-is-a-secret';
/** No machine finds this one. */
const HOPELESS = { challenge: CHALLENGE, difficulty: 250, maxDifficulty: 256 } as const;

const solver = createSolver({ threads: 1 });
afterAll(() => solver.close());

describe('solve', () => {
  it('finds a nonce that verifies, and tells how', async () => {
    const solution = await solve({ challenge: CHALLENGE, difficulty: 12 });
    expect(verify({ challenge: CHALLENGE, difficulty: 12, nonce: solution.nonce })).toBe(true);
    expect(solution).toEqual({
      nonce: expect.stringMatching(/^[1-9]\d{0,18}$/),
      hashes: expect.any(Number),
      elapsedMs: expect.any(Number),
      kernel: expect.stringMatching(/^(simd|scalar|js)$/),
      transport: 'worker-thread',
      threads: 1,
    });
    expect(solution.hashes).toBeGreaterThan(0);
    expect(Object.isFrozen(solution)).toBe(true);
  });

  it.each([0, -1, -1000, -0])('answers "0" at once at difficulty %i', async (difficulty) => {
    const spent = { challenge: CHALLENGE, difficulty, timeoutMs: 0, maxHashes: 0, maxDifficulty: -2000 };
    const solution = await solver.solve(spent);
    expect(solution).toEqual({ nonce: '0', hashes: 0, elapsedMs: 0, kernel: 'none', transport: 'none', threads: 0 });
    expect(Object.isFrozen(solution)).toBe(true);
  });

  it.each(['', 'ü', '日本語', '\0', '"\'\n', '🔑'.repeat(1000), 'x'.repeat(100_000)])(
    'solves challenge %#',
    async (challenge) => {
      for (const algorithm of ['legacy', 'r14'] as const) {
        const { nonce } = await solver.solve({ challenge, difficulty: 8, algorithm });
        expect(verify({ challenge, nonce, difficulty: 8, algorithm })).toBe(true);
      }
    },
  );

  it.each<[keyof SolveOptions, unknown]>([
    ['challenge', 1],
    ['challenge', undefined],
    ['challenge', '\ud800'],
    ['difficulty', 1.5],
    ['difficulty', '15'],
    ['difficulty', Number.NaN],
    ['difficulty', Number.POSITIVE_INFINITY],
    ['difficulty', 15n],
    ['difficulty', null],
    ['algorithm', 'sha1'],
    ['kernel', 'gpu'],
    ['threads', 0],
    ['threads', 65],
    ['threads', 1.5],
    ['timeoutMs', Number.NaN],
    ['timeoutMs', '1000'],
    ['maxHashes', Number.NaN],
    ['maxHashes', null],
    ['maxDifficulty', '30'],
  ])('refuses %s: %o', async (field, value) => {
    const options = { challenge: CHALLENGE, difficulty: 4, [field]: value } as SolveOptions;
    const error = await failure(solver.solve(options));
    expect(error).toBeInstanceOf(PowInputError);
    expect(error).toMatchObject({
      code: 'POW_INVALID_INPUT',
      retryable: false,
      message: expect.stringContaining(field),
    });
  });

  it.each([1, 2, 3])('uses at most %i threads, as it is told', async (threads) => {
    const wide = createSolver();
    const { threads: used } = await wide.solve({ challenge: CHALLENGE, difficulty: 18, threads });
    expect(used).toBeGreaterThanOrEqual(1);
    expect(used).toBeLessThanOrEqual(threads);
    await wide.close();
  });

  it.each(['simd', 'scalar', 'js'] as const)('takes the %s kernel if told so', async (kernel) => {
    expect(await solver.solve({ challenge: CHALLENGE, difficulty: 6, kernel })).toMatchObject({ kernel });
  });
});

describe('budgets', () => {
  it.each([0, -1, Number.NEGATIVE_INFINITY])('of %d ms fail without an attempt', async (timeoutMs) => {
    const error = await failure(solver.solve({ challenge: CHALLENGE, difficulty: 1, timeoutMs }));
    expect(error).toBeInstanceOf(PowTimeoutError);
    expect(error).toMatchObject({ code: 'POW_TIMEOUT', hashes: 0, difficulty: 1, retryable: true });
  });

  it.each([0, -5])('of %d hashes fail without an attempt', async (maxHashes) => {
    const error = await failure(solver.solve({ challenge: CHALLENGE, difficulty: 1, maxHashes }));
    expect(error).toMatchObject({ name: 'PowTimeoutError', hashes: 0 });
  });

  it('of time end a solve', async () => {
    const start = performance.now();
    const error = await failure(solver.solve({ ...HOPELESS, timeoutMs: 60 }));
    expect(error).toBeInstanceOf(PowTimeoutError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
    expect(error).toMatchObject({ difficulty: 250, hashes: expect.any(Number), elapsedMs: expect.any(Number) });
  });

  it.each([1, 1_000, 12_345, 200_000])('of %i hashes end a solve, rounded up to a row', async (maxHashes) => {
    for (const threads of [1, 2]) {
      const wide = createSolver();
      const error = await failure(wide.solve({ ...HOPELESS, maxHashes, threads, timeoutMs: Number.POSITIVE_INFINITY }));
      expect(error).toBeInstanceOf(PowTimeoutError);
      const { hashes } = error as PowTimeoutError;
      expect(hashes).toBeGreaterThanOrEqual(maxHashes);
      expect(hashes).toBeLessThan(maxHashes + 10_000);
      await wide.close();
    }
  });

  it('end a solve by the clock that was handed in, and leave no timer', async () => {
    const clock = new ManualClock();
    const timed = createSolver({ threads: 1, clock });
    const hopeless = failure(timed.solve({ ...HOPELESS, timeoutMs: 3_600_000 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    clock.advance(3_600_000);
    expect(await hopeless).toMatchObject({ name: 'PowTimeoutError', elapsedMs: 3_600_000 });
    await timed.close();
    expect(clock.sleeping).toBe(0);
  });

  it.each([31, 64, 256, 300, 2000])('of difficulty refuse %i at once', async (difficulty) => {
    const error = await failure(solver.solve({ challenge: CHALLENGE, difficulty }));
    expect(error).toBeInstanceOf(PowDifficultyError);
    expect(error).toMatchObject({ code: 'POW_DIFFICULTY', difficulty, maxDifficulty: 30, retryable: false });
  });

  it.each([255, 256, 257, 5000])('at difficulty %i are used up, not crashed through', async (difficulty) => {
    const options = { challenge: CHALLENGE, difficulty, maxDifficulty: Number.POSITIVE_INFINITY, maxHashes: 20_000 };
    expect(await failure(solver.solve(options))).toBeInstanceOf(PowTimeoutError);
  });

  it('that are used up say the difficulty, the rate and the time, and no secret', async () => {
    const errors = [
      await failure(solver.solve({ challenge: CHALLENGE, difficulty: 40 })),
      await failure(solver.solve({ ...HOPELESS, timeoutMs: 20 })),
      await failure(solver.solve({ ...HOPELESS, maxHashes: 1 })),
    ];
    expect((errors[0] as Error).message).toMatch(
      /Difficulty 40 .* limit of 30: .* hashes on average, .* (hours|days) at .* million hashes a second/,
    );
    expect((errors[1] as Error).message).toMatch(/difficulty 250 .* within 20 ms .* hashes a second/);
    expect((errors[2] as Error).message).toMatch(/difficulty 250 .* within 1 hashes/);
    for (const error of errors) {
      expect(error).toBeInstanceOf(PowError);
      expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(CHALLENGE);
    }
    expect(inspect(solver, { depth: 9, showHidden: true })).not.toContain(CHALLENGE);
  });
});

describe('progress', () => {
  it('is told at most every 100 ms, as a probability', async () => {
    const told: PowProgress[] = [];
    await failure(solver.solve({ ...HOPELESS, difficulty: 24, maxHashes: 6_000_000, onProgress: (p) => told.push(p) }));
    expect(told.length).toBeGreaterThan(0);
    for (const [i, { hashes, elapsedMs, hashesPerSecond, probability }] of told.entries()) {
      expect(elapsedMs - (told[i - 1]?.elapsedMs ?? 0)).toBeGreaterThanOrEqual(100);
      expect(hashes).toBeGreaterThan(told[i - 1]?.hashes ?? 0);
      expect(probability).toBeCloseTo(1 - (1 - 2 ** -24) ** hashes, 6);
      expect(hashesPerSecond).toBe(Math.round((hashes * 1000) / elapsedMs));
    }
  });

  it('may fail in the listener without harm to the solve', async () => {
    const onProgress = () => {
      throw new Error('a listener with a bug');
    };
    const error = await failure(solver.solve({ ...HOPELESS, timeoutMs: 250, onProgress }));
    expect(error).toBeInstanceOf(PowTimeoutError);
    await solver.solve({ challenge: CHALLENGE, difficulty: 4 });
  });
});

describe('estimate', () => {
  it('tells what a difficulty costs', async () => {
    const { hashesPerSecond, ...costs } = await estimate(20);
    expect(hashesPerSecond).toBeGreaterThan(100_000);
    expect(costs.expectedHashes).toBe(2 ** 20);
    expect(costs.expectedMs).toBeCloseTo((2 ** 20 / hashesPerSecond) * 1000);
    expect(costs.p95Ms / costs.expectedMs).toBeCloseTo(2.9957, 3);
    expect(Object.isFrozen(await estimate(0))).toBe(true);
    await expect(estimate(1.5)).rejects.toBeInstanceOf(PowInputError);
  });
});

describe('diagnose', () => {
  it('tells how work is done here, and why', async () => {
    const [diagnosis] = await Promise.all([diagnose(), diagnose(), warmUp()]);
    expect(diagnosis).toMatchObject({ runtime: 'node', transport: 'worker-thread', why: undefined });
    expect(diagnosis.kernels.available).toEqual(['simd', 'scalar', 'js']);
    expect(diagnosis.kernels.rates[diagnosis.kernels.best]).toBeGreaterThan(100_000);
    expect(Object.isFrozen(diagnosis)).toBe(true);
  });
});

describe('a solver of one\u2019s own', () => {
  it('refuses a number of threads that is none', () => {
    for (const threads of [0, -1, 65, 1.5, Number.NaN]) expect(() => createSolver({ threads })).toThrow(PowInputError);
  });

  it('ends what it solves when it is closed, and refuses what comes later', async () => {
    const own = createSolver({ threads: 1 });
    const pending = [failure(own.solve(HOPELESS)), failure(own.solve(HOPELESS))];
    await own.solve({ challenge: CHALLENGE, difficulty: 4 });
    await Promise.all([own.close(), own.close()]);
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'POW_CLOSED' });
    expect(await failure(own.solve({ challenge: CHALLENGE, difficulty: 4 }))).toMatchObject({ code: 'POW_CLOSED' });
    expect(await failure(own.findings())).toMatchObject({ code: 'POW_CLOSED' });
    await own.warmUp();
  });

  it('disposes of itself where the runtime has the symbol', async () => {
    if (Symbol.asyncDispose === undefined) return;
    const own = createSolver({ threads: 1 });
    await own[Symbol.asyncDispose]();
    expect(await failure(own.solve(HOPELESS))).toMatchObject({ code: 'POW_CLOSED' });
  });
});
