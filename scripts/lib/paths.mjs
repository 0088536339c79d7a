// Where everything is; all that is made goes into .build, which git ignores.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '..',
  '..'
);
export const BUILD = path.join(ROOT, '.build');
export const LOGS = path.join(BUILD, 'logs');

/** The folder of a virtual environment of ours. */
export function venv(name) {
  return path.join(BUILD, 'venv', name);
}

/** A program of a virtual environment of ours. */
export function venvProgram(name, program) {
  return process.platform === 'win32'
    ? path.join(venv(name), 'Scripts', `${program}.exe`)
    : path.join(venv(name), 'bin', program);
}
