// Steps that are done once for each state of their inputs.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT } from './paths.mjs';

const IGNORED = new Set(['__pycache__', 'node_modules', '.ipynb_checkpoints']);

/** A hash of files and folders, by name and content. */
export function fingerprint(inputs, root = ROOT) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(input => filesOf(path.join(root, input)))) {
    hash.update(path.relative(root, file)).update('\0');
    hash.update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesOf(place) {
  if (!fs.existsSync(place)) {
    return [];
  }
  if (!fs.statSync(place).isDirectory()) {
    return [place];
  }
  return fs
    .readdirSync(place)
    .filter(name => !IGNORED.has(name))
    .sort()
    .flatMap(name => filesOf(path.join(place, name)));
}

/**
 * Do a step unless it was done for these inputs and its outputs are there. The
 * stamp is taken away first, so an interrupted step is done again.
 */
export async function step({ name, title, inputs, outputs, work }) {
  const stamp = path.join(BUILD, 'stamps', name);
  const wanted = fingerprint(inputs);
  const isDone =
    fs.existsSync(stamp) &&
    fs.readFileSync(stamp, 'utf8') === wanted &&
    outputs.every(output => fs.existsSync(output));
  if (isDone) {
    return;
  }
  fs.rmSync(stamp, { force: true });
  console.log(title);
  const started = Date.now();
  await work();
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, wanted);
  console.log(`  ${name}: done in ${Math.round((Date.now() - started) / 1000)} s`);
}
