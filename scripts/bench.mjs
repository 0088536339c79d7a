// npm run bench: what signing in costs, beside the class of deployKF's guide.
import { main } from './lib/main.mjs';
import { venvProgram } from './lib/paths.mjs';
import { inForeground } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';
import { findBrowser } from './lib/suites.mjs';
import { measureBytes } from './lib/bytes.mjs';

main(async () => {
  await setUp(['kfp1', 'kfp2']);
  const kernel = venvProgram('kfp2', 'python');
  const code = await inForeground(venvProgram('lab', 'python'), [
    '-m',
    'benchmarks',
    kernel
  ]);
  console.log('\nThe extension in the browser, uncompressed');
  for (const [when, { bytes, files }] of Object.entries(
    await measureBytes(findBrowser())
  )) {
    console.log(
      `  ${when.padEnd(20)} ${(bytes / 1000).toFixed(1).padStart(6)} KB in ${files} files`
    );
  }
  return code;
});
