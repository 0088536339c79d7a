// Counting tests, from the reports that the test programs write.

/** What a suite amounts to. */
export function counts(passed = 0, failed = 0, skipped = 0, reasons = []) {
  return { passed, failed, skipped, reasons };
}

/** The counts of two programs of one suite. */
export function together(one, other) {
  const sum = name => one[name] + other[name];
  return counts(sum('passed'), sum('failed'), sum('skipped'), [...one.reasons, ...other.reasons]);
}

/** The counts of jest's JSON report. */
export function readJest(text) {
  const report = JSON.parse(text);
  // A file that can't be compiled has no tests, and has failed all the same.
  const broken = report.numRuntimeErrorTestSuites ?? 0;
  return counts(
    report.numPassedTests,
    report.numFailedTests + broken,
    report.numPendingTests + report.numTodoTests
  );
}

/** The counts of a JUnit report, as pytest writes it. */
export function readJUnit(text) {
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? '';
  const number = name => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  const reasons = [...text.matchAll(/<skipped [^>]*message="([^"]*)"/g)].map(m => m[1]);
  return counts(number('tests') - failed - skipped, failed, skipped, reasons);
}

/** The counts of Playwright's JSON report; a flaky test has failed. */
export function readPlaywright(text) {
  const { stats, errors = [], suites = [] } = JSON.parse(text);
  return counts(
    stats.expected,
    stats.unexpected + stats.flaky + errors.length,
    stats.skipped,
    suites.flatMap(skipReasons)
  );
}

function skipReasons({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ annotations = [] }) =>
      annotations
        .filter(({ type }) => type === 'skip')
        .map(({ description }) => `${title}: ${description ?? 'no reason given'}`)
    )
  );
  return [...own, ...suites.flatMap(skipReasons)];
}

/** The counts of the torture table: each row is a test. */
export function readTorture(text) {
  const rows = JSON.parse(text);
  const skipped = rows.filter(row => row.not_done);
  const failed = rows.filter(row => row.has_failed);
  return counts(
    rows.length - failed.length - skipped.length,
    failed.length,
    skipped.length,
    [
      ...skipped.map(row => `${row.title}: ${row.not_done}`),
      ...failed.flatMap(row => row.misses.map(miss => `${row.title}: ${miss}`))
    ]
  );
}

/** The counts of node's own test runner, from its TAP output. */
export function readTap(text) {
  const number = name => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return counts(number('pass'), number('fail'), number('skipped'));
}

/** A suite that ran nothing tells nothing: that is a failure. */
export function orNothingRan(result) {
  return result.passed + result.failed === 0
    ? counts(0, 1, result.skipped, [...result.reasons, 'the suite ran no test'])
    : result;
}

/** The line that the whole ends with. */
export function closingLine(all) {
  const sum = name => all.reduce((total, result) => total + result[name], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
