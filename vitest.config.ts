import { defineConfig } from 'vitest/config';

/** Tests that pack, install, bundle or build: they would take the cores from those that measure time, so they come after them. */
const builds = ['test/packaging/**/*.test.ts', 'test/examples/nextjs-site.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Measured by the whole `npm test` (`--coverage`), not where a filter picks some tests.
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      // What no test in this process can reach, and who does.
      exclude: [
        // Runs in threads of its own, bundled: test/pow is all about what it answers.
        'src/pow/worker.ts',
        // Runs where there are no worker_threads: test/browsers.
        'src/runtime/web-worker.ts',
        // Only runs `run` with the process's own streams: test/packaging starts it.
        'src/cli/index.ts',
      ],
      thresholds: { lines: 98 },
      reporter: [['text', { skipFull: true, maxCols: 120 }]],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...builds],
        },
      },
      {
        extends: true,
        test: { name: 'packaging', include: builds, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
