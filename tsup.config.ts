import { defineConfig, type Options } from 'tsup';

const common = {
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // `node:http` stays that: a bare `http` is another package to a bundler, and to Deno.
  removeNodeProtocol: false,
  // The condition that picks the kernels must be left for the consumer's resolver; bundled here it would be frozen.
  external: ['#kernels', /^node:/] as (string | RegExp)[],
  // At the head of the file, where alone compilers heed it; the ones in the sources end up in the middle.
  dts: {
    banner: '/// <reference lib="esnext.disposable" />',
    compilerOptions: { ignoreDeprecations: '6.0', rootDir: '.' },
  },
} as const satisfies Options;

const library = {
  ...common,
  entry: {
    index: 'src/index.ts',
    errors: 'src/errors.ts',
    pow: 'src/pow/index.ts',
    lime: 'src/lime/index.ts',
    'lime/login': 'src/lime/login.ts',
    'lime/hono': 'src/lime/resource-server/hono.ts',
    'lime/express': 'src/lime/resource-server/express.ts',
    'lime/mcp-auth': 'src/lime/resource-server/mcp-auth.ts',
    'agent-otp': 'src/agent-otp/index.ts',
    axme: 'src/axme/index.ts',
    webhooks: 'src/webhooks/index.ts',
    emulator: 'src/emulator/index.ts',
    'emulator/node': 'src/emulator/node/index.ts',
    cli: 'src/cli/index.ts',
  },
  splitting: true,
} as const satisfies Options;

// Whoever hosts the worker's file hosts this one file: nothing may be split off it.
const worker = {
  ...common,
  entry: { 'pow/worker': 'src/pow/worker.ts' },
  splitting: false,
} as const satisfies Options;

export default defineConfig([library, worker]);
