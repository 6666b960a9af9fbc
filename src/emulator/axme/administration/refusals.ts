import { AxmeRefusal, notFound } from '../refusal.js';

/** `row`, if there is one. @throws {AxmeRefusal} 404 that names `what`. */
export function existing<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw notFound(what);
  return row;
}

/** 400 `{"detail": …}`. */
export function badRequest(detail: string): AxmeRefusal {
  return new AxmeRefusal(400, detail);
}

/** Refuses a body that names another id than the path does. @throws {AxmeRefusal} 400. */
export function sameId(name: string, inPath: string, inBody: string | undefined): void {
  if (inBody !== undefined && inBody !== inPath.toLowerCase()) {
    throw badRequest(`${name} of the body differs from the path's`);
  }
}
