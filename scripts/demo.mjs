// npm run demo [-- --port N]: a small deployKF with JupyterLab in it, to try.
import path from 'node:path';
import { main } from './lib/main.mjs';
import { BUILD, venvProgram } from './lib/paths.mjs';
import { untilStopped } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

main(async () => {
  await setUp(['kfp2']);
  console.log('Starting Dex, oauth2-proxy and JupyterLab…');
  return untilStopped(venvProgram('lab', 'python'), [
    '-m',
    'testbench',
    'demo',
    '--kernel-python',
    venvProgram('kfp2', 'python'),
    '--folder',
    path.join(BUILD, 'demo'),
    ...process.argv.slice(2)
  ]);
});
