import { invalid } from './errors.js';
import type { PermissionResponse } from './permission.js';
import { tokenError } from './permissions.js';

/**
 * When a token is spent: `'before'` (default) the act, so that it is done once whoever else has the token; `'after'` it has
 * succeeded, as the published SDK does.
 */
export type Consume = 'before' | 'after';

/** @throws {ValidationError} it is neither. */
export function checkConsume(consume: Consume = 'before'): Consume {
  if (consume === 'before' || consume === 'after') return consume;
  throw invalid('consume', "must be 'before' or 'after'");
}

/** What `actWith` needs of a client. */
interface TokenSpender {
  useToken(
    id: string,
    token: string,
    options: { readonly strict: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<unknown>;
}

/**
 * Acts with an approved permission and spends its token.
 *
 * @throws what `useToken` throws with `strict`, and what `act` throws, as it is.
 */
export async function actWith<T>(
  client: TokenSpender,
  { id, token }: PermissionResponse,
  options: { readonly consume: Consume; readonly signal: AbortSignal | undefined },
  act: (token: string) => T | Promise<T>,
): Promise<T> {
  const { consume, signal } = options;
  if (token === undefined) throw tokenError('it was used by somebody else', id);
  if (consume === 'before') await client.useToken(id, token, { strict: true, signal });
  const result = await act(token);
  if (consume === 'after') await client.useToken(id, token, { strict: true, signal });
  return result;
}
