/** What a log line is about. `scope` names the part of the package that wrote it, so that one logger can filter. */
export interface LogFields {
  readonly scope: string;
  readonly [field: string]: unknown;
}

/** Where log lines go. `console` is one. Nothing that is secret is ever handed to it. */
export interface Logger {
  debug(message: string, fields: LogFields): void;
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** Tells a logger or a hook, which cannot break what it is told of: an async one neither, whose rejection would end the process. */
export function quietly(tell: () => unknown): void {
  try {
    Promise.resolve(tell()).catch(() => {});
  } catch {
    // There is nobody else to tell.
  }
}
