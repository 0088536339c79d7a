// One set-up at a time in a checkout.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD } from './paths.mjs';

/** Do the work while no other process does it; a dead one's lock counts for nothing. */
export async function alone(work) {
  fs.mkdirSync(BUILD, { recursive: true });
  const file = path.join(BUILD, 'setup.lock');
  let said = false;
  while (!take(file)) {
    if (!said) {
      said = true;
      console.log('Another set-up runs in this checkout; waiting for it…');
    }
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  }
  if (!isAlive(Number(fs.readFileSync(file, 'utf8')))) {
    fs.rmSync(file, { force: true });
  }
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
