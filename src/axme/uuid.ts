import { digestOf, toHex } from './digest.js';

/** A random UUID, version 4. Not by `crypto.randomUUID`, which browsers have on https alone. */
export function uuid(): string {
  return toUuid(crypto.getRandomValues(new Uint8Array(16)));
}

/** The UUID that belongs to a text: always the same, in the form of version 4. Without SHA-256 it is a random one. */
export async function uuidOf(text: string): Promise<string> {
  const digest = await digestOf(text);
  return digest === undefined ? uuid() : toUuid(digest.slice(0, 16));
}

function toUuid(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
