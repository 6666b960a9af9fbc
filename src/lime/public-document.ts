/**
 * A public document of the platform (LIME contract §2.1): an object that has `member`, be it the document itself or, in LIME's
 * envelope, its `data`. One at the top counts first. Empty where there is neither.
 */
export function openPublicDocument(json: unknown, member: string): Readonly<Record<string, unknown>> {
  if (!isObject(json)) return {};
  return json[member] === undefined && json['ok'] === true && isObject(json['data']) ? json['data'] : json;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
