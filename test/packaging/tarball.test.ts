// What is published: the tarball, and a project that has nothing but it.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPacked, npm, pack, root } from './packed.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-packed-')));
const project = join(folder, 'project');
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
let packed: Awaited<ReturnType<typeof pack>>;

beforeAll(async () => {
  packed = await pack(folder);
  await installPacked(project, packed.tarball);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node in the project and returns what it printed. */
async function node(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, timeout: 30_000 });
  return stdout.trim();
}

/** Runs a program that is a module of the project. */
function program(name: string, source: string): Promise<string> {
  writeFileSync(join(project, name), source);
  return node(name);
}

describe('the tarball', () => {
  it('is clean for publint', async () => {
    const bytes = readFileSync(packed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg ?? manifest))).toEqual([]);
  });

  it('has types that every resolver of modules finds', async () => {
    const attw = `${root}node_modules/@arethetypeswrong/cli/dist/index.js`;
    const args = [attw, packed.tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'];
    const { code, stdout } = await promisify(execFile)(process.execPath, args).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('holds what is built and what is read, and nothing else', () => {
    // Parts that entries share are named by their content, which changes with it.
    const named = packed.files.map((path) => path.replace(/[^/]*-[\w-]{8}(?=\.(d\.ts|js)$)/, '*'));
    expect([...new Set(named)].join('\n')).toMatchSnapshot();
  });

  it('has types that name nothing that is not installed with it', () => {
    const { dependencies } = manifest;
    const types = packed.files
      .filter((path) => path.endsWith('.d.ts'))
      .map((path) => readFileSync(join(project, 'node_modules/countersign', path), 'utf8'));
    const imported = types.flatMap((text) =>
      [...text.matchAll(/\bfrom '([^.'][^']*)'|\bimport\('([^.'][^']*)'\)|types="([^"]*)"/g)].map(([, ...names]) =>
        names.find(Boolean),
      ),
    );
    expect([...new Set(imported)].filter((name) => !Object.hasOwn(dependencies, name ?? ''))).toEqual([]);
  });
});

describe('a project with the tarball alone', () => {
  it('solves, and logs in against the emulator', async () => {
    const printed = await program(
      'login.mjs',
      `import { startEmulator } from 'countersign/emulator/node';
      import { LimeLogin } from 'countersign/lime/login';
      import { solve, verify } from 'countersign/pow';
      const { nonce } = await solve({ challenge: 'c', difficulty: 12 });
      const started = await startEmulator();
      const { requestId } = started.emulator.lime.createLoginRequest({ difficulty: 15 });
      const agent = new LimeLogin({ agentToken: started.lime.agentToken, baseUrl: started.lime.apiBase });
      const result = await agent.login(requestId);
      console.log(JSON.stringify({
        verified: verify({ challenge: 'c', difficulty: 12, nonce }),
        sameRequest: result.requestId === requestId,
        status: result.status,
      }));
      await started.close();`,
    );
    const { verified, sameRequest, status } = JSON.parse(printed);
    expect({ verified, sameRequest }).toEqual({ verified: true, sameRequest: true });
    expect(['APPROVED', 'DELIVERED']).toContain(status);
  });

  it('has the command', async () => {
    const printed = await npm(['exec', '--no', '--', 'countersign', '--version'], { cwd: project });
    expect(printed).toContain(manifest.version);
  });

  it('is required from CommonJS', async () => {
    writeFileSync(join(project, 'required.cjs'), commonJs(Object.keys(manifest.exports)));
    // A worker's file exports nothing: it is hosted, not imported.
    expect(JSON.parse(await node('required.cjs'))).toEqual(['countersign/pow/worker']);
  });

  it('works beside another copy of itself: errors, threads, solvers', async () => {
    const modules = join(project, 'node_modules');
    cpSync(join(modules, 'countersign'), join(modules, 'another-copy'), { recursive: true });
    const printed = await program(
      'copies.mjs',
      `import * as one from 'countersign/errors';
      import * as other from 'another-copy/errors';
      import { startEmulator } from 'countersign/emulator/node';
      import { LimeLogin } from 'countersign/lime/login';
      import { solve, verify } from 'countersign/pow';
      import { createSolver, solve as solveElsewhere } from 'another-copy/pow';
      const error = new one.CountersignError('X', 'x');
      const questions = Array.from({ length: 20 }, (_, i) => ({ challenge: 'c' + i, difficulty: 12 }));
      const solutions = await Promise.all(questions.map((question, i) => [solve, solveElsewhere][i % 2](question)));
      const started = await startEmulator({ lime: { difficulty: 8 } });
      const solver = createSolver();
      const agent = new LimeLogin({ agentToken: started.lime.agentToken, baseUrl: started.lime.apiBase, solver });
      const login = (id) => agent.login(started.emulator.lime.createLoginRequest(id).requestId).catch((error) => error);
      const { status } = await login();
      const { code } = await login({ difficulty: 40 });
      await solver.close();
      console.log(JSON.stringify({
        sameClass: one.CountersignError === other.CountersignError,
        recognised: other.isCountersignError(error) && one.isCountersignError(new other.CountersignError('X', 'x')),
        solved: solutions.every(({ nonce }, i) => verify({ ...questions[i], nonce })),
        transports: [...new Set(solutions.map(({ transport }) => transport))],
        login: [status, code, (await login()).code],
      }));
      await started.close();`,
    );
    expect(JSON.parse(printed)).toEqual({
      sameClass: false,
      recognised: true,
      solved: true,
      transports: ['worker-thread'],
      login: ['APPROVED', 'POW_DIFFICULTY', 'POW_FAILED'],
    });
  });
});

/** A program that requires every entry and prints the ones that give nothing. */
function commonJs(entries: string[]): string {
  const names = entries.map((entry) => entry.replace('.', 'countersign')).filter((name) => !name.endsWith('.json'));
  return `const empty = ${JSON.stringify(names)}.filter((name) => Object.keys(require(name)).length === 0);
    console.log(JSON.stringify(empty));`;
}
