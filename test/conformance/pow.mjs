// countersign/pow: challenge in, nonce out.
import {
  createSolver,
  diagnose,
  estimate,
  PowDifficultyError,
  PowInputError,
  PowTimeoutError,
  solve,
  verify,
} from 'countersign/pow';
import vectors from '../vectors/pow-vectors.json' with { type: 'json' };
import { equal, ok, rejection } from './expect.mjs';

const CHALLENGE = 'dc546d4275e0e9b8f6ce48ba1ae48ca6';

export async function verifiesEveryVector() {
  ok(vectors.vectors.length > 0 && vectors.checks.length > 0, 'there are vectors');
  for (const { id, challenge, nonce, difficulty, algorithm } of vectors.vectors) {
    ok(verify({ challenge, nonce, difficulty, algorithm }), `vector ${id} is accepted`);
  }
  for (const { id, challenge, nonce, difficulty, algorithm, valid } of vectors.checks) {
    equal(verify({ challenge, nonce, difficulty, algorithm }), valid, id);
  }
}

export async function solvesWithEveryKernel({ without = [] }) {
  const { kernels } = await diagnose();
  for (const kernel of ['simd', 'scalar', 'js']) {
    if (without.includes(kernel)) continue;
    ok(kernels.available.includes(kernel), `kernel ${kernel} runs here: ${kernels.failures[kernel]}`);
    for (const algorithm of ['legacy', 'r14']) {
      for (const challenge of ['', CHALLENGE, 'é€😀'.repeat(40)]) {
        const question = { challenge, difficulty: 12, algorithm };
        const solution = await solve({ ...question, kernel });
        equal(solution.kernel, kernel, 'the kernel that was used');
        ok(/^(0|[1-9]\d{0,18})$/.test(solution.nonce), 'the nonce is decimal, of 19 digits at most');
        ok(verify({ ...question, nonce: solution.nonce }), `${kernel} solves ${algorithm}`);
      }
    }
  }
}

export async function solvesOnItsOwnThread({ transport }) {
  const solution = await solve({ challenge: CHALLENGE, difficulty: 15 });
  ok(verify({ challenge: CHALLENGE, difficulty: 15, nonce: solution.nonce }), 'it solves');
  equal(solution.transport, transport, 'where it was solved');
}

export async function saysWhereItIs({ runtime, transport }) {
  const diagnosis = await diagnose();
  equal(diagnosis.runtime, runtime, 'the runtime');
  equal(diagnosis.transport, transport, 'the transport');
  ok(diagnosis.cores >= 1 && diagnosis.threads >= 1, 'there is a core and a thread');
  ok(transport !== 'same-thread' || typeof diagnosis.why === 'string', 'it says why there are no workers');
}

export async function estimatesWhatItCosts() {
  const { expectedHashes, hashesPerSecond, expectedMs, p95Ms } = await estimate(15);
  equal(expectedHashes, 32_768, 'hashes on average');
  ok(hashesPerSecond > 0 && expectedMs > 0 && p95Ms > expectedMs, 'the estimate is one');
}

export async function solvesManyAtOnce() {
  const questions = Array.from({ length: 50 }, (_, i) => ({ challenge: `${CHALLENGE}-${i}`, difficulty: 10 }));
  const solutions = await Promise.all(questions.map((question) => solve(question)));
  for (const [i, { nonce }] of solutions.entries()) ok(verify({ ...questions[i], nonce }), `the solution of ${i}`);
}

export async function leavesTheEventLoopFree() {
  let turns = 0;
  const enough = new AbortController();
  const reason = new Error('A timer had its turn often enough.');
  const timer = setInterval(() => ++turns === 5 && enough.abort(reason), 1);
  // Above what it may find by chance before the timer's turns.
  const question = { challenge: CHALLENGE, difficulty: 40, maxDifficulty: 60 };
  const ended = await rejection(
    solve({ ...question, timeoutMs: 20_000, maxHashes: 1e9, signal: enough.signal }),
    'solve',
  );
  clearInterval(timer);
  equal(ended, reason, 'why it ended');
}

export async function asksForNoWorkAtDifficultyZero() {
  for (const difficulty of [0, -3]) equal((await solve({ challenge: CHALLENGE, difficulty })).nonce, '0', 'the nonce');
}

export async function refusesWrongInput() {
  const wrong = [
    { challenge: 7, difficulty: 1 },
    { challenge: CHALLENGE, difficulty: 1.5 },
    { challenge: CHALLENGE, difficulty: '15' },
    { challenge: CHALLENGE, difficulty: 1, algorithm: 'md5' },
    { challenge: CHALLENGE, difficulty: 1, kernel: 'gpu' },
    { challenge: CHALLENGE, difficulty: 1, threads: 0 },
  ];
  for (const [i, options] of wrong.entries()) {
    const reason = await rejection(solve(options), `wrong input ${i}`);
    ok(reason instanceof PowInputError && reason.code === 'POW_INVALID_INPUT', `wrong input ${i}: ${reason}`);
  }
}

export async function keepsItsBudgets() {
  const above = await rejection(solve({ challenge: CHALLENGE, difficulty: 31 }), 'difficulty 31');
  ok(above instanceof PowDifficultyError, `difficulty 31: ${above}`);
  const none = await rejection(solve({ challenge: CHALLENGE, difficulty: 1, timeoutMs: 0 }), 'no time');
  ok(none instanceof PowTimeoutError && none.hashes === 0, `no time: ${none}`);
  const few = await rejection(solve({ challenge: CHALLENGE, difficulty: 30, maxHashes: 50_000 }), 'few hashes');
  ok(few instanceof PowTimeoutError && few.hashes < 200_000, `few hashes: ${few}, ${few.hashes} tried`);
}

export async function aborts() {
  const early = AbortSignal.abort('before');
  equal(
    await rejection(solve({ challenge: CHALLENGE, difficulty: 30, signal: early }), 'abort'),
    'before',
    'the reason',
  );
  const controller = new AbortController();
  setTimeout(() => controller.abort('meanwhile'), 50);
  const solving = solve({ challenge: CHALLENGE, difficulty: 60, maxDifficulty: 60, signal: controller.signal });
  equal(await rejection(solving, 'abort'), 'meanwhile', 'the reason');
}

export async function closesItsSolver() {
  const solver = createSolver({ threads: 1 });
  const solving = rejection(
    solver.solve({ challenge: CHALLENGE, difficulty: 60, maxDifficulty: 60 }),
    'a closed solve',
  );
  await solver.warmUp();
  await solver.close();
  await solver.close();
  equal((await solving).code, 'POW_CLOSED', 'what was being solved');
  const later = await rejection(solver.solve({ challenge: CHALLENGE, difficulty: 1 }), 'a later solve');
  equal(later.code, 'POW_CLOSED', 'what is solved later');
}
