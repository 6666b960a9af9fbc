// assembly/ → build/*.wasm → modules that carry the kernels; src/pow/worker.ts → its source as a string; src/ → dist/.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const run = (script, ...args) =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
const write = (name, text) => writeFileSync(`${root}build/${name}`, text);

const asc = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url));
const KERNELS = ['simd', 'scalar'];
for (const kernel of KERNELS) run(asc, `assembly/${kernel}.ts`, '--target', kernel);

// The commonest bytes have a character each, others are ~ and two hexadecimal digits. Only characters that no quoting has to
// escape, and no HTML. Once compressed that is as good as the bytes, where hexadecimal takes a seventh more and base64 twice as much.
const wasm = KERNELS.map((kernel) => readFileSync(`${root}build/${kernel}.wasm`));
const ALPHABET = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
  (char) => !/["$'<\\`~]/.test(char),
);
const uses = new Array(256).fill(0);
for (const byte of Buffer.concat(wasm)) uses[byte]++;
const hex = (byte) => byte.toString(16).padStart(2, '0');
const common = [...uses.keys()].sort((a, b) => uses[b] - uses[a]).slice(0, ALPHABET.length);
const encode = (bytes) => Array.from(bytes, (byte) => ALPHABET[common.indexOf(byte)] ?? `~${hex(byte)}`).join('');
const decode = `const decode = (text) => {
  const values = '${common.map(hex).join('')}'.match(/../g);
  const byte = {};
  for (const char of '${ALPHABET.join('')}') byte[char] = Number.parseInt(values.shift(), 16);
  return Uint8Array.from(text.match(/~..|./g), (char) => byte[char] ?? Number.parseInt(char.slice(1), 16));
};
`;
write(
  'kernels.js',
  decode + KERNELS.map((kernel, i) => `export const ${kernel} = () => decode('${encode(wasm[i])}');\n`).join(''),
);
const type = '() => Uint8Array<ArrayBuffer> | WebAssembly.Module';
write('kernels.d.ts', KERNELS.map((kernel) => `export declare const ${kernel}: ${type};\n`).join(''));

const imported = (suffix) =>
  KERNELS.map(
    (kernel) =>
      `import ${kernel}Module from './${kernel}.wasm${suffix}';\nexport const ${kernel} = () => ${kernel}Module;\n`,
  ).join('');
write('kernels.workerd.js', imported(''));
write('kernels.edge-light.js', imported('?module'));

// The unrolled rounds are a third of the worker. A program that has it has them too, for its own thread: their text comes
// from there. They are plain arithmetic on their argument, so that no bundler gives them anything from outside.
const roundsFromOutside = {
  name: 'rounds-from-outside',
  setup({ onLoad }) {
    onLoad({ filter: /js-rounds\.ts$/ }, () => ({ contents: 'export const { early, late } = __rounds;' }));
  },
};
const { outputFiles } = await bundle({
  entryPoints: [`${root}src/pow/worker.ts`],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  write: false,
  plugins: [roundsFromOutside],
});
const text = JSON.stringify(outputFiles[0].text.trim());
const rounds = "'const __rounds={early:' + early + ',late:' + late + '};'";
write('worker-source.js', `export default ({ early, late }) => ${rounds} + ${text};\n`);
const rule = '(m: Int32Array) => number';
const parameter = `{ readonly early: ${rule}; readonly late: ${rule} }`;
write('worker-source.d.ts', `declare const source: (rounds: ${parameter}) => string;\nexport default source;\n`);

// Two bundles go there, beside each other: neither may clean what the other wrote.
rmSync(`${root}dist`, { recursive: true, force: true });
run(require.resolve('tsup/dist/cli-default.js'), '--silent');
