// Python's hashlib in a tight loop, where there is a python3.
import { fileURLToPath } from 'node:url';
import { CHALLENGE } from '../message.mjs';
import { child, versionOf } from './child.mjs';

export function contenders() {
  const version = versionOf('python3');
  if (!version) throw new Error('There is no python3.');
  const program = fileURLToPath(new URL('python-hashlib.py', import.meta.url));
  return [{ solver: 'python-hashlib', version, ...child('python3', ['-u', program, CHALLENGE]) }];
}
