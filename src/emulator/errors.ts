import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of every error that the emulator's own API throws. What it says over HTTP are the platforms' codes. */
export type EmulatorErrorCode =
  | 'EMULATOR_INVALID_INPUT'
  | 'EMULATOR_NOT_FOUND'
  | 'EMULATOR_PORT_IN_USE'
  | 'EMULATOR_LISTEN_FAILED';

/** The base of every error that the emulator's own API throws. */
export class EmulatorError extends CountersignError<EmulatorErrorCode> {
  override readonly name: string = 'EmulatorError';
}

/** An option, a setting or a control request has the wrong shape; the message names the field. */
export class EmulatorInputError extends EmulatorError {
  override readonly name = 'EmulatorInputError';

  constructor(message: string) {
    super('EMULATOR_INVALID_INPUT', message);
  }
}

/** There is no such thing in the emulator: the id is unknown, or what it named was dropped. */
export class EmulatorNotFoundError extends EmulatorError {
  override readonly name = 'EmulatorNotFoundError';

  constructor(message: string, init: CountersignErrorInit = {}) {
    super('EMULATOR_NOT_FOUND', message, init);
  }
}

/** The port that was asked for is taken. Code `EMULATOR_PORT_IN_USE`. */
export class EmulatorPortInUseError extends EmulatorError {
  override readonly name = 'EmulatorPortInUseError';
  readonly port: number;

  constructor(port: number, init: CountersignErrorInit = {}) {
    super('EMULATOR_PORT_IN_USE', `Port ${port} is in use. Choose another, or 0 for any that is free.`, init);
    this.port = port;
  }
}
