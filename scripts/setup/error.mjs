/** What a person has to do something about; the message says what. */
export class SetupError extends Error {
  name = 'SetupError';

  /** @param {string} [output] what the program that failed had printed; its beginning and end are added to the message. */
  constructor(message, output) {
    super(output === undefined ? message : `${message}\n\n${shortened(output)}`);
  }
}

/** A program says what is wrong first (npm) or last (compilers). */
function shortened(text) {
  const lines = text.trim().split('\n');
  return lines.length <= 45 ? lines.join('\n') : [...lines.slice(0, 15), '…', ...lines.slice(-25)].join('\n');
}
