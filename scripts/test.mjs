// npm test [-- SUITE…] [-- ARGUMENTS]: everything that is tested.
// A suite's name limits the run to it; what follows goes to its program.
import { main } from './lib/main.mjs';
import { closingLine, counts } from './lib/reports.mjs';
import { Failed } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';
import { SUITES } from './lib/suites.mjs';

function parse(args) {
  const chosen = [];
  while (args.length && args[0] in SUITES) {
    chosen.push(args.shift());
  }
  if (args.length && chosen.length !== 1) {
    throw new Failed(
      `Name one suite before its arguments: ${Object.keys(SUITES).join(', ')}.`
    );
  }
  return { chosen: chosen.length ? chosen : Object.keys(SUITES), rest: args };
}

async function runSuite(name, rest) {
  console.log(`\n━━ ${name}`);
  const started = Date.now();
  let result;
  try {
    result = await SUITES[name](rest);
  } catch (error) {
    if (!(error instanceof Failed)) {
      throw error;
    }
    result = counts(0, 1, 0, [error.message]);
  }
  return {
    ...result,
    name,
    seconds: Math.round((Date.now() - started) / 1000)
  };
}

main(async () => {
  const { chosen, rest } = parse(process.argv.slice(2));
  await setUp(['kfp1', 'kfp2']);
  const results = [];
  for (const name of chosen) {
    results.push(await runSuite(name, rest));
  }
  console.log('');
  for (const { name, passed, failed, skipped, seconds, reasons } of results) {
    console.log(
      `${name.padEnd(8)} ${String(passed).padStart(4)} passed ${String(failed).padStart(3)} failed ${String(skipped).padStart(3)} skipped  ${seconds} s`
    );
    reasons.forEach(reason => console.log(`           ${reason}`));
  }
  console.log(closingLine(results));
  return results.some(result => result.failed > 0) ? 1 : 0;
});
