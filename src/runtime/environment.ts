/**
 * Reads an environment variable. Blank counts as unset, and so does an environment that may not be read: Deno without
 * permission, a Worker or a browser without `process`.
 */
export function readEnvironment(name: string): string | undefined {
  try {
    const value: unknown = globalThis.process?.env?.[name];
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How to let this process read the variable, as a sentence after another one; empty where nothing forbids it. */
export function howToAllow(name: string): string {
  try {
    void globalThis.process?.env?.[name];
    return '';
  } catch {
    return ` This process may not read the environment: with Deno, --allow-env=${name} lets it.`;
  }
}
