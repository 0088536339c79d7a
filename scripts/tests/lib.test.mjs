import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { IMAGES } from '../lib/images.mjs';
import { isNewEnough } from '../lib/python.mjs';
import * as reports from '../lib/reports.mjs';
import { spread, tellSpread } from '../lib/spread.mjs';
import { fingerprint } from '../lib/steps.mjs';

test('a Python is new enough from 3.10 on', () => {
  assert.deepEqual(['2.7', '3.9', '3.10', '3.13\n', ''].map(isNewEnough), [
    false,
    false,
    true,
    true,
    false
  ]);
});

test('a fingerprint changes with content and names, and not with caches', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fingerprint-'));
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  write('a/x.py', '1');
  const first = fingerprint(['a', 'missing'], folder);
  write('a/__pycache__/x.pyc', 'cached');
  assert.equal(fingerprint(['a', 'missing'], folder), first);
  write('a/x.py', '2');
  assert.notEqual(fingerprint(['a', 'missing'], folder), first);
  fs.rmSync(folder, { recursive: true });
});

test('the counts of two programs add up, with the reasons of both', () => {
  const one = reports.counts(1, 2, 3, ['a']);
  assert.deepEqual(
    reports.together(one, reports.counts(10, 20, 30, ['b'])),
    reports.counts(11, 22, 33, ['a', 'b'])
  );
});

test('each image has a file of requirements, and no file is without one', () => {
  const files = fs
    .readdirSync('requirements/images')
    .map(file => path.basename(file, '.txt'));
  assert.deepEqual(files.sort(), Object.keys(IMAGES).sort());
});

test('the reports of all programs are counted', () => {
  const jest = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 1
  };
  const pick = ({ passed, failed, skipped }) => [passed, failed, skipped];
  assert.deepEqual(pick(reports.readJest(JSON.stringify(jest))), [3, 2, 1]);
  const junit =
    '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10"><testcase><skipped type="pytest.skip" message="no slapd"/></testcase></testsuite></testsuites>';
  assert.deepEqual(pick(reports.readJUnit(junit)), [6, 3, 1]);
  assert.deepEqual(reports.readJUnit(junit).reasons, ['no slapd']);
  const playwright = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: []
  };
  assert.deepEqual(
    pick(reports.readPlaywright(JSON.stringify(playwright))),
    [5, 2, 2]
  );
  assert.deepEqual(
    pick(
      reports.readTorture(
        JSON.stringify([
          { title: 'kills', has_failed: false, misses: [], not_done: '' },
          {
            title: 'disks',
            has_failed: false,
            misses: [],
            not_done: 'no root'
          },
          { title: 'crowd', has_failed: true, misses: ['lost'], not_done: '' }
        ])
      )
    ),
    [1, 1, 1]
  );
  assert.deepEqual(
    pick(reports.readTap('# tests 4\n# pass 3\n# fail 1\n# skipped 0\n')),
    [3, 1, 0]
  );
});

test('why a browser test was skipped is told', () => {
  const annotations = [{ type: 'skip', description: 'no guide' }];
  const inner = { specs: [{ title: 'the class', tests: [{ annotations }] }] };
  const report = {
    stats: { expected: 1, unexpected: 0, flaky: 0, skipped: 1 },
    suites: [{ specs: [], suites: [inner] }]
  };
  assert.deepEqual(reports.readPlaywright(JSON.stringify(report)).reasons, [
    'the class: no guide'
  ]);
});

test('measurements are told by their median and their range', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(spread([10, 1, 3, 2]), { median: 2.5, least: 1, most: 10 });
  assert.equal(tellSpread([1, 2, 4.26], 1), '2.0 (1.0 to 4.3)');
  assert.equal(tellSpread([3, 3.01], 1), '3.0');
});

test('a suite that ran nothing has failed', () => {
  assert.equal(reports.orNothingRan(reports.counts(0, 0, 3)).failed, 1);
});

test('the closing line adds up', () => {
  assert.equal(
    reports.closingLine([reports.counts(1, 0, 2), reports.counts(3, 1, 0)]),
    '4 passed, 1 failed, 2 skipped'
  );
});
