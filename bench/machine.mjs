import os from 'node:os';
import process from 'node:process';

/** What the figures were measured on. */
export function machine() {
  const { bun, deno } = process.versions;
  const runtime = bun ? `bun ${bun}` : deno ? `deno ${deno}` : `node ${process.versions.node}`;
  const [cpu] = os.cpus();
  return { runtime, cpu: `${cpu?.model.trim() ?? 'unknown'} (${os.cpus().length} × ${process.arch})` };
}
