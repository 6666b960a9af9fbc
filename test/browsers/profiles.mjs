// Content security policies that pages have, and how a login solves its proof of work under each.

const SELF_AND_API = (api) => `default-src 'self'; connect-src 'self' ${api}`;
const TRUSTED = "require-trusted-types-for 'script'";

/** What the worker's file is served with: it obeys its own answer's policy, not that of the page. */
export const workerFiles = {
  '/files/worker.js': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  '/files/strict-worker.js': "default-src 'self'",
};

/**
 * @typedef {object} Profile
 * @property {string} name
 * @property {((api: string) => string) | undefined} policy the header Content-Security-Policy; `undefined` for none
 * @property {string} [workerUrl] where the page says that it hosts the worker's file
 * @property {boolean} [needsTrustedTypes] it is about what only browsers with Trusted Types do
 * @property {Expected} expected
 */

/**
 * `kernel` is `'wasm'` for either of WebAssembly. `blocked` are the directives whose breach the browser reports.
 *
 * @typedef {{ kernel: 'wasm' | 'js', transport: string, why?: RegExp, blocked?: string[] }} Expected
 */

const WORKERS_FAILED = /^Workers failed: ./;

/** @type {readonly Profile[]} */
export const profiles = [
  { name: 'open', policy: undefined, expected: { kernel: 'wasm', transport: 'web-worker' } },
  {
    name: 'wasm and blob: workers',
    policy: (api) => `${SELF_AND_API(api)}; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:`,
    expected: { kernel: 'wasm', transport: 'web-worker' },
  },
  {
    name: 'wasm',
    policy: (api) => `${SELF_AND_API(api)}; script-src 'self' 'wasm-unsafe-eval'`,
    expected: { kernel: 'wasm', transport: 'same-thread', why: WORKERS_FAILED, blocked: ['worker-src'] },
  },
  {
    name: 'blob: workers',
    policy: (api) => `${SELF_AND_API(api)}; worker-src blob:`,
    expected: { kernel: 'js', transport: 'web-worker' },
  },
  {
    name: 'strict',
    policy: SELF_AND_API,
    expected: { kernel: 'js', transport: 'same-thread', why: WORKERS_FAILED, blocked: ['script-src', 'worker-src'] },
  },
  {
    name: 'strict, hosted worker',
    policy: SELF_AND_API,
    workerUrl: '/files/worker.js',
    expected: { kernel: 'wasm', transport: 'worker-file' },
  },
  {
    name: 'strict, strict hosted worker',
    policy: SELF_AND_API,
    workerUrl: '/files/strict-worker.js',
    expected: { kernel: 'js', transport: 'worker-file' },
  },
  {
    name: 'strict, no hosted worker there',
    policy: SELF_AND_API,
    workerUrl: '/files/nowhere.js',
    expected: { kernel: 'js', transport: 'same-thread', why: WORKERS_FAILED, blocked: ['script-src'] },
  },
  {
    name: 'Trusted Types',
    policy: () => `${TRUSTED}; trusted-types countersign`,
    expected: { kernel: 'wasm', transport: 'web-worker' },
  },
  {
    name: 'Trusted Types, any policy',
    policy: () => TRUSTED,
    expected: { kernel: 'wasm', transport: 'web-worker' },
  },
  {
    name: 'Trusted Types, hosted worker',
    policy: (api) => `${SELF_AND_API(api)}; ${TRUSTED}; trusted-types countersign`,
    workerUrl: '/files/worker.js',
    expected: { kernel: 'wasm', transport: 'worker-file' },
  },
  {
    name: 'Trusted Types, no policy allowed',
    policy: () => `${TRUSTED}; trusted-types 'none'`,
    needsTrustedTypes: true,
    expected: {
      kernel: 'wasm',
      transport: 'same-thread',
      why: WORKERS_FAILED,
      blocked: ['require-trusted-types-for', 'trusted-types'],
    },
  },
  {
    name: 'policies named, not required',
    policy: () => "trusted-types 'none'",
    expected: { kernel: 'wasm', transport: 'web-worker', blocked: ['trusted-types'] },
  },
];
