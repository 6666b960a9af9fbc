// The Content-Security-Policy of the page, one for each place at which it is served. `api` is the API's origin.
const base = (api) => `default-src 'self'; connect-src 'self' ${api}`;

export const policies = {
  open: () => undefined,
  wasm: (api) => `${base(api)}; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:`,
  hosted: base,
  strict: base,
  'trusted-types': (api) =>
    `${base(api)}; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; require-trusted-types-for 'script'; trusted-types countersign`,
};

/** Where the worker's file is hosted: at a path of the page's own origin. */
export const WORKER_URL = '/countersign-worker.js';
/** The worker obeys the policy that its own file comes with. */
export const WORKER_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
