import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    errors: 'src/errors.ts',
    pow: 'src/pow/index.ts',
    lime: 'src/lime/index.ts',
    'lime/login': 'src/lime/login.ts',
    emulator: 'src/emulator/index.ts',
    'emulator/node': 'src/emulator/node/index.ts',
    cli: 'src/cli/index.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // The condition that picks the kernels must be left for the consumer's resolver; bundled here it would be frozen.
  external: ['#kernels', /^node:/],
  dts: { compilerOptions: { ignoreDeprecations: '6.0', rootDir: '.' } },
  splitting: true,
  clean: true,
});
