// Compiles the programs of a project with one compiler, in every way that it is told, and prints what it finds as JSON. What a
// dependency's own types say is left alone; every file of countersign and of the programs is checked, with nothing skipped.
//
//   node compile.mjs <the compiler's folder> <project> <JSON: { area, name, options, files }[]>
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const [compiler, project, cases] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(compiler);
const programs = readdirSync(join(project, 'programs')).filter((name) => name.endsWith('.ts'));
const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => project,
  getNewLine: () => '\n',
};

function errorsOf(options, files) {
  const parsed = ts.convertCompilerOptionsFromJson(options, project);
  if (parsed.errors.length > 0) return parsed.errors;
  const program = ts.createProgram(
    files.map((file) => join(project, file)),
    parsed.options,
    { ...ts.createCompilerHost(parsed.options), getCurrentDirectory: host.getCurrentDirectory },
  );
  const ours = program.getSourceFiles().filter(({ fileName }) => isOurs(fileName));
  if (!ours.some(({ fileName }) => fileName.endsWith('/countersign/dist/errors.d.ts'))) {
    throw new Error('The types of countersign were not found where the project has them.');
  }
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
}

function isOurs(path) {
  return path.startsWith(project) && (path.includes('/node_modules/countersign/') || !path.includes('/node_modules/'));
}

const results = JSON.parse(cases).map(({ area, name, options, files = programs.map((file) => `programs/${file}`) }) => {
  const start = performance.now();
  const errors = errorsOf(options, files);
  const error = errors.length > 0 ? ts.formatDiagnostics(errors, host) : undefined;
  return { area, name, ok: error === undefined, ms: Math.round(performance.now() - start), error };
});
process.stdout.write(JSON.stringify(results));
