// npm run torture [-- --rows kills,crowd] [-- --short]: what kills, crowds,
// broken disks and broken issuers have lost, beside the class of deployKF's guide.
import { main } from './lib/main.mjs';
import { venvProgram } from './lib/paths.mjs';
import { inForeground } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

main(async () => {
  await setUp(['kfp2']);
  return inForeground(venvProgram('lab', 'python'), [
    '-m',
    'torture',
    '--guide-python',
    venvProgram('kfp2', 'python'),
    ...process.argv.slice(2)
  ]);
});
