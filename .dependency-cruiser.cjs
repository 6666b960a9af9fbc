// Who may call whom (see CONTRIBUTING.md, "The house"). `npm run check` and `npm test` fail on a breach.
const platforms = '^src/(lime|agent-otp|axme)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'errors-depend-on-nothing',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: { path: '^src/' },
    },
    {
      name: 'runtime-depends-on-errors-only',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { path: '^src/', pathNot: '^src/(runtime/|errors\\.ts$)' },
    },
    {
      name: 'pow-knows-no-http-and-no-platform',
      severity: 'error',
      from: { path: '^src/pow/' },
      to: { path: '^src/', pathNot: '^src/(pow/|runtime/|errors\\.ts$)' },
    },
    {
      name: 'wire-depends-on-nothing',
      severity: 'error',
      from: { path: '^src/wire/' },
      to: { path: '^src/', pathNot: '^src/wire/' },
    },
    {
      name: 'http-knows-no-platform',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/', pathNot: '^src/(http/|runtime/|errors\\.ts$)' },
    },
    {
      name: 'webhooks-know-no-platform',
      severity: 'error',
      from: { path: '^src/webhooks/' },
      to: { path: '^src/', pathNot: '^src/(webhooks|wire|runtime)/|^src/errors\\.ts$' },
    },
    {
      name: 'sse-and-jwt-know-no-platform',
      severity: 'error',
      from: { path: '^src/(sse|jwt)/' },
      to: { path: '^src/', pathNot: '^src/(sse|jwt|http|runtime)/|^src/errors\\.ts$' },
    },
    {
      name: 'mcp-knows-no-platform',
      severity: 'error',
      from: { path: '^src/mcp/' },
      to: { path: '^src/', pathNot: '^src/(mcp|http|runtime)/|^src/errors\\.ts$' },
    },
    {
      name: 'platforms-do-not-know-each-other',
      severity: 'error',
      from: { path: platforms },
      to: { path: platforms, pathNot: '^src/$1/' },
    },
    {
      name: 'platforms-do-not-know-the-emulator-or-the-command',
      severity: 'error',
      from: { path: platforms },
      to: { path: '^src/(emulator|cli)/' },
    },
    {
      name: 'login-alone-has-no-mcp',
      comment: 'A program that only logs in never bundles MCP (countersign/lime/login).',
      severity: 'error',
      from: { path: '^src/lime/login\\.ts$' },
      to: { reachable: true, path: '^src/mcp/|node_modules/(@modelcontextprotocol|zod)/' },
    },
    {
      name: 'login-alone-has-no-site',
      severity: 'error',
      from: { path: '^src/lime/login\\.ts$' },
      to: { reachable: true, path: '^src/(jwt|sse)/|node_modules/(jose|eventsource-parser)/' },
    },
    {
      name: 'emulator-is-written-on-its-own',
      severity: 'error',
      from: { path: '^src/emulator/' },
      to: { path: '^src/', pathNot: '^src/(emulator|pow|jwt|runtime)/|^src/errors\\.ts$' },
    },
    {
      name: 'nothing-imports-the-command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'node-imports-only-in-node-entries',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|emulator/node/)' },
      // A type needs nothing at run time: `typeof import('node:worker_threads')` is how a module got otherwise is named.
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only', 'type-import'] },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^(#kernels|.*/build/worker-source\\.js)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'default'], exportsFields: ['exports'] },
  },
};
