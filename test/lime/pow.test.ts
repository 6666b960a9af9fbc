import { describe, expect, it, onTestFinished } from 'vitest';
import { LimeError, PowDifficultyError, PowTimeoutError } from '../../src/lime/index.js';
import * as pow from '../../src/pow/index.js';
import { failure } from '../http/clients.js';
import { workerFile } from '../pow/bundle.js';
import { APPROVE, CHALLENGE, refusal, scene } from './helpers.js';

describe('the algorithm', () => {
  it("is legacy first, then what was accepted, under 'auto'", async () => {
    const { emulator, lime, request, traffic } = await scene();
    emulator.lime.acceptedAlgorithms = ['r14'];
    expect((await lime.login(request().requestId)).proofOfWork.algorithm).toBe('r14');
    expect(traffic()).toEqual(['GET 200', 'POST 400', 'POST 200']);
    expect((await lime.login(request().requestId)).proofOfWork.algorithm).toBe('r14');
    expect(traffic().slice(3)).toEqual(['GET 200', 'POST 200']);
    emulator.lime.acceptedAlgorithms = ['legacy'];
    expect((await lime.login(request().requestId)).proofOfWork.algorithm).toBe('legacy');
    expect(traffic().slice(5)).toEqual(['GET 200', 'POST 400', 'POST 200']);
  });

  it("tries no third time under 'auto', and remembers nothing that was refused", async () => {
    const { emulator, lime, request, traffic } = await scene();
    const refuse = emulator.faults.add({ path: APPROVE, respond: { status: 400, body: refusal('INVALID_POW') } });
    expect(await failure(lime.login(request().requestId))).toMatchObject({ code: 'INVALID_POW', httpStatus: 400 });
    expect(traffic()).toEqual(['GET 200', 'POST 400', 'POST 400']);
    refuse.remove();
    expect((await lime.login(request().requestId)).proofOfWork.algorithm).toBe('legacy');
  });

  it('does not try the other after another refusal', async () => {
    const { emulator, lime, request, traffic } = await scene();
    emulator.faults.add({ path: APPROVE, respond: { status: 400, body: refusal('MISSING_POW_NONCE') } });
    expect(await failure(lime.login(request().requestId))).toMatchObject({ code: 'MISSING_POW_NONCE' });
    expect(traffic()).toEqual(['GET 200', 'POST 400']);
  });

  it.each(['legacy', 'r14'] as const)('is only %s if the caller says so', async (powAlgorithm) => {
    const { emulator, lime, request, traffic } = await scene({ powAlgorithm });
    emulator.lime.acceptedAlgorithms = [powAlgorithm];
    expect((await lime.login(request().requestId)).proofOfWork.algorithm).toBe(powAlgorithm);
    emulator.lime.acceptedAlgorithms = powAlgorithm === 'r14' ? ['legacy'] : ['r14'];
    expect(await failure(lime.login(request().requestId))).toMatchObject({ code: 'INVALID_POW' });
    expect(traffic()).toEqual(['GET 200', 'POST 200', 'GET 200', 'POST 400']);
  });
});

describe('the budget', () => {
  it('ends a solve, and the same login may be tried again', async () => {
    const { emulator, lime, request } = await scene({ powTimeoutMs: 1 });
    emulator.lime.difficulty = 30;
    const { requestId } = request();
    const error = await failure(lime.login(requestId));
    expect(error).toBeInstanceOf(PowTimeoutError);
    expect(error).not.toBeInstanceOf(PowDifficultyError);
    expect(error).toMatchObject({ name: 'PowTimeoutError', code: 'POW_TIMEOUT', retryable: true, requestId });
    expect(error).toHaveProperty('message', expect.stringMatching(/difficulty 30 .* 1 ms/));
    expect(error).toHaveProperty('cause', expect.any(pow.PowTimeoutError));
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('PENDING');
    expect(await failure(lime.login(requestId))).toBeInstanceOf(PowTimeoutError);
  });

  it('of 0 allows no attempt', async () => {
    const { lime, request, traffic } = await scene({ powTimeoutMs: 0 });
    expect(await failure(lime.login(request({ difficulty: 1 }).requestId))).toBeInstanceOf(PowTimeoutError);
    expect((await lime.login(request({ difficulty: 0 }).requestId)).status).toBe('APPROVED');
    expect(traffic()).toEqual(['GET 200', 'GET 200', 'POST 200']);
  });
});

describe('a solver of one’s own', () => {
  it('solves, and stays open when the client is closed', async () => {
    const solver = pow.createSolver({
      threads: 1,
      workerUrl: `data:text/javascript,${encodeURIComponent(await workerFile())}`,
    });
    onTestFinished(() => solver.close());
    const { lime, request } = await scene({ solver });
    expect((await lime.login(request().requestId)).proofOfWork).toMatchObject({ transport: 'worker-file', threads: 1 });
    await lime.close();
    expect(await solver.solve({ challenge: 'c', difficulty: 1 })).toMatchObject({ transport: 'worker-file' });
  });

  it('that is closed is a LimeError', async () => {
    const solver = pow.createSolver();
    await solver.close();
    const { lime, request } = await scene({ solver });
    const { requestId } = request();
    const error = await failure(lime.login(requestId));
    expect(error).toMatchObject({ name: 'LimeError', code: 'POW_FAILED', requestId });
    expect(error).toHaveProperty('cause', expect.any(pow.PowError));
    expect(error).toHaveProperty('message', expect.stringContaining('The solver was closed.'));
  });
});

describe('a difficulty', () => {
  const served = async (pow_difficulty: string) => {
    const one = await scene();
    const body = `{"ok":true,"data":{"pow_challenge":"c","pow_difficulty":${pow_difficulty}}}`;
    one.emulator.faults.add({ path: CHALLENGE, respond: { status: 200, body } });
    return one;
  };

  it.each(['31', '40', '2147483648', '1e308', '"40"', `"${'9'.repeat(400)}"`])(
    'of %.20s is refused at once',
    async (d) => {
      const { lime, traffic } = await served(d);
      const error = await failure(lime.login('one'));
      expect(error).toBeInstanceOf(PowDifficultyError);
      expect(error).toBeInstanceOf(PowTimeoutError);
      expect(error).toBeInstanceOf(LimeError);
      expect(error).toMatchObject({ name: 'PowDifficultyError', code: 'POW_DIFFICULTY', retryable: false });
      expect(error).toHaveProperty('cause', expect.any(pow.PowDifficultyError));
      expect(traffic()).toEqual(['GET 200']);
    },
  );

  it.each([
    ['"7"', 7],
    ['7.9', 7],
    ['"7.9"', 7],
    ['-0.5', 0],
    ['-1e308', Number.MIN_SAFE_INTEGER],
  ])('of %s is read as %d', async (d, difficulty) => {
    const { emulator, lime, request } = await scene();
    const { requestId } = request({ difficulty: Math.max(difficulty, 0) });
    emulator.faults.add({
      path: CHALLENGE,
      rewrite: (json) => ({ ok: true, data: { ...(json as { data: object }).data, pow_difficulty: JSON.parse(d) } }),
    });
    expect((await lime.login(requestId)).proofOfWork.difficulty).toBe(difficulty);
  });

  it.each([
    '1e999',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '"abc"',
    '" 7"',
    '"NaN"',
    '"Infinity"',
    '"0x10"',
    '"1e3"',
    '"1_0"',
  ])('of %s is a protocol error that names the field', async (d) => {
    const { lime, traffic } = await served(d);
    const error = await failure(lime.login('one'));
    expect(error).toMatchObject({ name: 'LimeProtocolError', code: 'INVALID_RESPONSE', field: 'pow_difficulty' });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/pow_difficulty .*decimal string or a finite number/),
    );
    expect(traffic()).toEqual(['GET 200']);
  });
});
