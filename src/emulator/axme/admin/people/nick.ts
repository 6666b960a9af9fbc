/** A nick as the registry compares it: trimmed, without its `@`, in lower case (AXME contract §1.6). */
export function normalizeNick(nick: string): string {
  return nick.trim().replace(/^@/, '').toLowerCase();
}

/** How a normalised nick is written in answers. */
export function nickFields(normalized_nick: string): { nick: string; public_address: string } {
  return { nick: `@${normalized_nick}`, public_address: `${normalized_nick}@ax` };
}
