export { describeEmulator, type EmulatorDescription } from '../describe.js';
export { EmulatorError, type EmulatorErrorCode, EmulatorInputError, EmulatorPortInUseError } from '../errors.js';
export { type StartEmulatorOptions, type StartedEmulator, startEmulator } from './start.js';
