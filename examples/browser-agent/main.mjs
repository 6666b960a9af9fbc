// Serves the page under several content security policies, against LIME or, without LIME_API_BASE, an emulator.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startEmulator } from 'countersign/emulator/node';
import { build } from 'esbuild';
import { policies, WORKER_POLICY, WORKER_URL } from './policies.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [here('agent.mjs')],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
});
const script = outputFiles[0].text;
const html = await readFile(here('index.html'));
const worker = await readFile(fileURLToPath(import.meta.resolve('countersign/pow/worker')));

const emulator = process.env.LIME_API_BASE ? undefined : await startEmulator();
const apiBase = process.env.LIME_API_BASE ?? emulator.lime.apiBase;

const server = createServer((request, response) => {
  const [, profile, file] = /^\/([\w-]+)\/(config\.json)?$/.exec(request.url) ?? [];
  const policyOf = policies[profile];
  const send = (type, body, policy) => {
    response.setHeader('content-type', type);
    if (policy) response.setHeader('content-security-policy', policy);
    response.end(body);
  };
  if (request.url === '/agent.js') return send('text/javascript', script);
  if (request.url === WORKER_URL) return send('text/javascript', worker, WORKER_POLICY);
  if (!policyOf) return response.writeHead(404).end();
  if (!file) return send('text/html', html, policyOf(new URL(apiBase).origin));
  send('application/json', JSON.stringify({ apiBase, ...(profile === 'hosted' && { workerUrl: WORKER_URL }) }));
});
server.listen(Number(process.env.PORT ?? 8080), 'localhost', () => {
  const { port } = server.address();
  for (const profile of Object.keys(policies)) console.log(`http://localhost:${port}/${profile}/`);
  if (emulator) {
    const { requestId } = emulator.emulator.lime.createLoginRequest({ difficulty: 20 });
    console.log(`An agent token: ${emulator.lime.agentToken}. A login request: ${requestId}`);
  }
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    server.closeAllConnections();
    await emulator?.close();
  });
}
