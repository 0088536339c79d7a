// The Python that the virtual environments are made with.
import { spawnSync } from 'node:child_process';
import { Failed } from './run.mjs';

const OLDEST = [3, 10];
const NAMES = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Whether a version as Python prints it («3.11») is new enough. */
export function isNewEnough(text) {
  const [major, minor] = text.trim().split('.').map(Number);
  return major === OLDEST[0] && minor >= OLDEST[1];
}

/** The first Python on the PATH that is new enough and can make virtual environments. */
export function findPython() {
  const seen = [];
  for (const name of NAMES) {
    const result = spawnSync(
      name,
      ['-c', 'import ensurepip, venv, sys; print("%d.%d" % sys.version_info[:2])'],
      { encoding: 'utf8' }
    );
    if (result.status === 0 && isNewEnough(result.stdout)) {
      return name;
    }
    if (!result.error) {
      seen.push(`${name}: ${(result.stdout || result.stderr).trim().split('\n').pop()}`);
    }
  }
  throw new Failed(
    `Python 3.10 or newer with the module venv is needed (Debian: apt-get install python3-venv). Found: ${seen.join('; ') || 'none'}`
  );
}
