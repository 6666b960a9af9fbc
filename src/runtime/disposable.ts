interface Closable {
  close(): Promise<void>;
}

/**
 * Lets `await using` close the instances of a class, where the runtime has the symbol for it. For the class's constructor: a
 * static block that does this would keep the class in every bundle, used or not.
 *
 * @param symbols - `Symbol.asyncDispose`, `Symbol.dispose`; `undefined` on runtimes without them.
 */
export function closeOnDispose(prototype: Closable, ...symbols: readonly (symbol | undefined)[]): void {
  const value = function (this: Closable) {
    return this.close();
  };
  for (const symbol of symbols) {
    if (symbol === undefined || symbol in prototype) continue;
    Object.defineProperty(prototype, symbol, { value, writable: true, configurable: true });
  }
}
