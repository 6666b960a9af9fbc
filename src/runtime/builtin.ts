/**
 * A module of Node's standard library, where there is one. Never by `import`: that breaks bundles for other runtimes.
 */
export function builtinModule<T>(name: string): T | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  try {
    return process?.getBuiltinModule?.(name) as T | undefined;
  } catch {
    // Next.js has a stand-in in edge functions, which throws.
    return undefined;
  }
}
