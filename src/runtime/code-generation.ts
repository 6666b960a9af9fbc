/** Whether the runtime compiles strings of code. Cloudflare Workers do not, nor pages whose CSP has no `'unsafe-eval'`. */
export function canGenerateCode(): boolean {
  try {
    new Function('');
    return true;
  } catch {
    return false;
  }
}
