/**
 * Lets `await using` close a client, where the runtime has the symbol for it. For constructors: a class with a static block that
 * does this to the prototype is kept by every bundler, used or not.
 *
 * @param symbols - `Symbol.asyncDispose`, `Symbol.dispose`; `undefined` on runtimes without them.
 */
export function closeOnDispose(client: { close(): Promise<void> }, ...symbols: readonly (symbol | undefined)[]): void {
  const value = () => client.close();
  for (const symbol of symbols) {
    if (symbol !== undefined) Object.defineProperty(client, symbol, { value, writable: true, configurable: true });
  }
}
