import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import ts from 'typescript';
import { root } from './packed.mjs';

/** Names that belong to the language: a context of V8 without a host has them. */
const LANGUAGE = new Set<string>(runInNewContext('Object.getOwnPropertyNames(globalThis)'));
/** "Cannot find name", in the forms that it has for names that the compiler knows of. */
const UNKNOWN_NAME = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593, 18004]);

/** The globals of the host that our code in a built file names, sorted. What it asks `globalThis` for is not among them. */
export async function hostGlobals(path: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [root + path],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    // Our own code only.
    packages: 'external',
    logLevel: 'silent',
  });
  return freeNames(outputFiles[0]!.text).filter((name) => !LANGUAGE.has(name));
}

/** Names that a module uses and does not declare: what a compiler without any library does not find. */
function freeNames(text: string): string[] {
  const path = '/module.js';
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const options = { allowJs: true, checkJs: true, noLib: true, noResolve: true, types: [] };
  const program = ts.createProgram(
    [path],
    { ...options, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
    {
      getSourceFile: (name) => (name === path ? source : undefined),
      getDefaultLibFileName: () => '',
      writeFile: () => undefined,
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (name) => name === path,
      readFile: () => undefined,
    },
  );
  const unknown = program.getSemanticDiagnostics(source).filter(({ code }) => UNKNOWN_NAME.has(code));
  return [...new Set(unknown.map(({ start = 0, length = 0 }) => text.slice(start, start + length)))].sort();
}
