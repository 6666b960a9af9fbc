import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/packaging/**'],
        },
      },
      {
        // Packs, installs and bundles: it would take the cores from tests that measure time, so it comes after them.
        extends: true,
        test: { name: 'packaging', include: ['test/packaging/**/*.test.ts'], sequence: { groupOrder: 1 } },
      },
    ],
  },
});
