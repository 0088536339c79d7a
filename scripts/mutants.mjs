// npm run mutants [-- NAME…]: put faults back one at a time, and see that the test which is named for each fails.
import { main } from './lib/main.mjs';
import { venvProgram } from './lib/paths.mjs';
import { inForeground } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

main(async () => {
  await setUp(['kfp1', 'kfp2']);
  return inForeground(venvProgram('lab', 'python'), [
    '-m',
    'mutants',
    ...process.argv.slice(2)
  ]);
});
