/** SHA-256 of a text; `undefined` where the runtime has none, as on a page that came by http. */
export async function digestOf(text: string): Promise<Uint8Array | undefined> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  return subtle && new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
