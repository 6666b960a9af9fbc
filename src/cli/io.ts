/** What the command sees of the process that runs it, so that tests can run it in theirs. */
export interface Io {
  /** Writes to standard output, as it is. */
  out(text: string): void;
  /** Writes to standard error, as it is. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal, on which a line can be written over. */
  readonly isTerminal: boolean;
  /** Aborts when the user ends the program. */
  readonly signal: AbortSignal;
}
