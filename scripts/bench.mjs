// npm run bench: what signing in costs, beside the class of deployKF's guide,
// and what the extension costs at JupyterLab's start.
import { measureBytes } from './lib/bytes.mjs';
import { measureHidden } from './lib/hidden.mjs';
import { withLab } from './lib/lab.mjs';
import { main } from './lib/main.mjs';
import { venvProgram } from './lib/paths.mjs';
import { inForeground } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';
import { tellSpread } from './lib/spread.mjs';
import { measureStart } from './lib/start.mjs';
import { findBrowser } from './lib/suites.mjs';

const LOADS = 7;

function row(title, text) {
  console.log(`  ${title.padEnd(26)} ${text}`);
}

function tellStart(loads) {
  const tell = (pick, digits) => tellSpread(loads.map(pick), digits);
  const share = name => tell(load => (load[name] / load.restored) * 100, 2);
  console.log(
    `\nAt JupyterLab's start: ${loads.length} loads with an empty cache, median and range`
  );
  row(
    'until it is restored',
    `${tell(load => load.restored, 0)} ms, all of JupyterLab`
  );
  row(
    'activating our plugins',
    `${tell(load => load.activation, 1)} ms of at most 5 ms; ${share('activation')} % of the start`
  );
  row(
    'evaluating them before',
    `${tell(load => load.evaluation, 1)} ms; ${share('evaluation')} % of the start`
  );
  row(
    'loaded, uncompressed',
    `${tell(load => load.bytes / 1000, 1)} KB of at most 30 KB, in ${tell(load => load.files, 0)} files`
  );
  const requests = [...new Set(loads.flatMap(load => load.requests))];
  row(
    'requests',
    `${tell(load => load.requests.length, 0)} of at most 1: ${requests.join(', ')}`
  );
}

function tellHidden({ changes, whileHidden, back }) {
  console.log('\nIn a hidden tab');
  row(`while ${changes} changes come`, `${whileHidden} requests of at most 0`);
  row('when it is in sight again', `${back} requests of at most 1`);
}

function tellBytes(moments) {
  console.log('\nThe extension in the browser, uncompressed');
  for (const [when, { bytes, files }] of Object.entries(moments)) {
    row(when, `${(bytes / 1000).toFixed(1).padStart(6)} KB in ${files} files`);
  }
}

main(async () => {
  await setUp(['kfp1', 'kfp2']);
  const kernel = venvProgram('kfp2', 'python');
  const measure = async (...program) => {
    console.log();
    return inForeground(venvProgram('lab', 'python'), ['-m', ...program]);
  };
  const codes = [
    await measure('benchmarks', kernel),
    await measure('benchmarks.stalled'),
    await measure('benchmarks.fleet')
  ];
  await withLab(findBrowser(), async (browser, base, bench) => {
    tellStart(await measureStart(browser, base, LOADS));
    tellHidden(await measureHidden(browser, base, bench));
    tellBytes(await measureBytes(browser, base));
  });
  return Math.max(...codes);
});
