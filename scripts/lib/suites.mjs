// The suites of npm test: each runs a program and reads its report.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setUpImages } from './images.mjs';
import { BUILD, ROOT, venvProgram } from './paths.mjs';
import * as reports from './reports.mjs';
import { Failed, inForeground } from './run.mjs';

const REPORTS = path.join(BUILD, 'reports');

/** A browser that is there; Playwright's own where that can be fetched. */
export function findBrowser() {
  const named = process.env.CHROMIUM;
  const onPath = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(name =>
    (process.env.PATH ?? '').split(path.delimiter).map(folder => path.join(folder, name))
  );
  const found = [named, ...onPath].find(file => file && fs.existsSync(file));
  if (found) {
    return found;
  }
  const fetched = spawnSync('node_modules/.bin/playwright', ['install', 'chromium'], { cwd: ROOT, stdio: 'inherit' });
  if (fetched.status !== 0) {
    throw new Failed('The browser tests need Chromium. Debian: apt-get install chromium; else set CHROMIUM to one.');
  }
  return '';
}

async function reported(name, command, args, read, env) {
  const file = path.join(REPORTS, name);
  fs.mkdirSync(REPORTS, { recursive: true });
  fs.rmSync(file, { force: true });
  const code = await inForeground(command, args(file), { env: env?.(file) });
  if (!fs.existsSync(file)) {
    return reports.counts(0, 1, 0, [`no report; the program ended with ${code}`]);
  }
  const result = reports.orNothingRan(read(fs.readFileSync(file, 'utf8')));
  // A program may fail for a reason that is no test, such as a threshold.
  return code !== 0 && result.failed === 0
    ? reports.counts(result.passed, 1, result.skipped, [...result.reasons, `the program ended with ${code}`])
    : result;
}

async function lint() {
  const python = venvProgram('lab', 'python');
  const checks = [
    [python, ['-m', 'ruff', 'check', '.']],
    [python, ['-m', 'ruff', 'format', '--check', '.']],
    [python, ['-m', 'mypy']],
    [venvProgram('lab', 'jlpm'), ['lint:check']],
    ['node_modules/.bin/tsc', ['-p', 'tsconfig.test.json']]
  ];
  let failed = 0;
  for (const [command, args] of checks) {
    console.log(`$ ${path.basename(command)} ${args.join(' ')}`);
    failed += (await inForeground(command, args)) === 0 ? 0 : 1;
  }
  return reports.counts(checks.length - failed, failed);
}

function playwright(name, config, rest = []) {
  const browser = findBrowser();
  return reported(
    `${name}.json`,
    'node_modules/.bin/playwright',
    () => ['test', '--config', config, ...rest],
    reports.readPlaywright,
    file => ({ CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: file, LAB_PYTHON: venvProgram('lab', 'python') })
  );
}

/** All suites, the quick ones first; each takes further arguments for its program. */
export const SUITES = {
  lint,
  scripts: () => {
    const result = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'scripts/tests/'], {
      cwd: ROOT,
      encoding: 'utf8'
    });
    if (result.status !== 0) {
      console.log(result.stdout, result.stderr);
    }
    return reports.orNothingRan(reports.readTap(result.stdout));
  },
  jest: rest =>
    reported(
      'jest.json',
      'node_modules/.bin/jest',
      file => ['--json', `--outputFile=${file}`, ...rest],
      reports.readJest
    ),
  pytest: rest =>
    reported(
      'pytest.xml',
      venvProgram('lab', 'python'),
      file => ['-m', 'pytest', `--junitxml=${file}`, ...rest],
      reports.readJUnit
    ),
  torture: rest =>
    reported(
      'torture.json',
      venvProgram('lab', 'python'),
      file => ['-m', 'torture', '--short', '--json', file, ...rest],
      reports.readTorture
    ),
  compat: async rest => {
    await setUpImages();
    const python = await reported(
      'compat.xml',
      venvProgram('lab', 'python'),
      file => ['-m', 'pytest', 'compat', `--junitxml=${file}`, ...rest],
      reports.readJUnit
    );
    return rest.length > 0
      ? python
      : reports.together(python, await playwright('compat', 'ui-tests/compat/playwright.config.js'));
  },
  browser: rest => playwright('browser', 'ui-tests/playwright.config.js', rest)
};

