/** What a person has to do something about; the message says what. */
export class SetupError extends Error {
  name = 'SetupError';

  /** @param {string} [output] what the program that failed had printed; its end is added to the message. */
  constructor(message, output) {
    super(output === undefined ? message : `${message}\n\n${lastLines(output, 40)}`);
  }
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
