import type { Gateway } from './gateway.js';
import { invoke } from './invoke.js';
import type { Operation } from './operation.js';

type Behaviour = (gateway: Gateway, ...args: readonly unknown[]) => unknown;

/** A method whose request is data, or the code of one that is more. */
type Entry<Wanted> =
  | Operation
  | (Wanted extends (...args: infer Args) => infer Result ? (gateway: Gateway, ...args: Args) => Result : never);

/** What the methods of a family do, by their names. */
export type Family<Methods> = { readonly [Name in keyof Methods]: Entry<Methods[Name]> };

/**
 * A class whose instances have the methods of the family that `familyOf` returns.
 *
 * Ninety methods that differ in nothing but a request line and the places of their arguments are a table, not ninety
 * bodies; what behaves is a function in the same table. The interface of each family has the methods' types and
 * docstrings, and `Family` makes the compiler miss none. A class is the base of the client rather than an object inside
 * it, since its users know the methods as flat: `client.getIntent(id)`.
 *
 * @param gatewayOf - Finds the gateway of an instance.
 */
export function withMethods<Methods>(
  familyOf: () => Family<Methods>,
  gatewayOf: (instance: object) => Gateway,
): new () => Methods {
  class Base {}
  for (const [name, entry] of Object.entries(familyOf()) as [string, Operation | Behaviour][]) {
    const run = (gateway: Gateway, args: readonly unknown[]) =>
      typeof entry === 'function' ? entry(gateway, ...args) : invoke(gateway, name, entry, args);
    // Written as a method, it has its name in traces.
    const { [name]: value } = {
      [name](this: object, ...args: readonly unknown[]) {
        return run(gatewayOf(this), args);
      },
    };
    Object.defineProperty(Base.prototype, name, { value, writable: true, configurable: true });
  }
  return Base as new () => Methods;
}
