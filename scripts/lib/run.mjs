// Running programs: quietly into a log, or in the foreground.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LOGS, ROOT, venvProgram } from './paths.mjs';

/** A program failed; the message shows the end of what it said. */
export class Failed extends Error {}

/** The environment for our programs: the lab's own come first on the PATH. */
export function environment(extra = {}) {
  const bin = path.dirname(venvProgram('lab', 'python'));
  return {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    YARN_ENABLE_TELEMETRY: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...extra
  };
}

/** Run a program with its output in a log; throws with the log's end. */
export async function quietly(name, command, args, options = {}) {
  fs.mkdirSync(LOGS, { recursive: true });
  const file = path.join(LOGS, `${name}.log`);
  const log = fs.openSync(file, 'a');
  const code = await finish(
    spawn(command, args, {
      cwd: ROOT,
      env: environment(options.env),
      stdio: ['ignore', log, log]
    })
  ).finally(() => fs.closeSync(log));
  if (code !== 0) {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
    throw new Failed(
      `${command} ${args.join(' ')} ended with ${code}:\n${lines.slice(-30).join('\n')}\nThe whole output: ${file}`
    );
  }
}

/** Run a program in the foreground; says its exit code. */
export function inForeground(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: environment(options.env),
    stdio: 'inherit'
  });
  return finish(child);
}

/**
 * Run a program until it ends or we are told to end: the signal goes to it
 * once, and we wait. It has a group of its own, since a terminal's Ctrl-C would
 * reach it a second time.
 */
export function untilStopped(command, args) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32'
  });
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!told) {
        told = true;
        child.kill('SIGTERM');
      }
    });
  }
  return finish(child);
}

function finish(child) {
  return new Promise((resolve, reject) => {
    child.on('error', error =>
      reject(new Failed(`${child.spawnfile} could not be run: ${error.message}`))
    );
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}
