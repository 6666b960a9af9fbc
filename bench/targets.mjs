// What issue 3 asks for: ratios inside one run.

const row = (what, target, measured) => ({ what, target, measured });

/** @returns the ratios that this run can tell, by one figure of each result: `hashesPerSecond` or `best`. */
export function ratios(results, runtime, figure) {
  const rate = (solver, threads = 1) =>
    results.find((result) => result.solver === solver && result.threads === threads)?.[figure];
  const best = Math.max(...['simd', 'scalar', 'js'].map((kernel) => rate(`countersign-${kernel}`) ?? 0));
  const onBun = runtime.startsWith('bun');
  const rows = onBun
    ? [row("best kernel / Bun's node:crypto one-shot", 2, best / rate('node-crypto'))]
    : [
        row('best kernel / @cap.js/wasm', 4, best / rate('cap')),
        row('best kernel / hash-wasm', 7.5, best / rate('hash-wasm')),
        row('best kernel / crypto.hash of node:crypto', 2.8, best / rate('node-crypto')),
        row('best kernel / @noble/hashes one-shot', 12, best / rate('noble')),
        row("best kernel / Python's hashlib", 9, best / rate('python-hashlib')),
        row('best kernel / four lanes in C, gcc -O3', 1.1, best / rate('c-4lane')),
        row('JS kernel / @cap.js/wasm', 2.1, rate('countersign-js') / rate('cap')),
        row('2 threads / 1 thread', 1.85, rate('countersign-simd', 2) / rate('countersign-simd')),
      ];
  return rows.filter(({ measured }) => Number.isFinite(measured));
}
