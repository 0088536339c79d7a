// How each of our commands ends.
import { Failed } from './run.mjs';

/** Run a command; trouble that was foreseen is said without a stack. */
export function main(work) {
  work().then(
    code => {
      process.exitCode = code;
    },
    error => {
      console.error(error instanceof Failed ? `\n${error.message}` : error);
      process.exitCode = 1;
    }
  );
}
