import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ICheck, IReport } from '../../tokens';
import { CopyButton } from './Copyable';

const SIGNS = { ok: '✓', warning: '!', problem: '✗', skipped: '–' };

/**
 * What the doctor found: what is wrong first in sight, all of it in reach.
 */
export function DoctorReport(props: {
  readonly report: IReport;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { report, trans } = props;
  const states = {
    ok: trans.__('OK'),
    warning: trans.__('Warning'),
    problem: trans.__('Problem'),
    skipped: trans.__('Not checked')
  };
  return (
    <div className="jp-deploykf-Report">
      <p role="status">{summary(report, trans)}</p>
      <ul>
        {report.checks.map(check => (
          <li key={check.id} data-state={check.state}>
            <span className="jp-deploykf-Sign" aria-hidden="true">
              {SIGNS[check.state]}
            </span>
            <div>
              <strong>{check.title}</strong>{' '}
              <span className="jp-deploykf-Hint">{states[check.state]}</span>
              <p>{check.found}</p>
              {check.next_step && <p>{check.next_step}</p>}
            </div>
          </li>
        ))}
      </ul>
      <CopyButton
        text={report.bundle}
        label={trans.__('Copy the report (no secret is in it)')}
        trans={trans}
      />
    </div>
  );
}

function summary(report: IReport, trans: TranslationBundle): string {
  const count = (state: ICheck['state']) =>
    report.checks.filter(check => check.state === state).length;
  const problems = count('problem');
  const warnings = count('warning');
  if (problems > 0) {
    return trans._n(
      '%1 problem was found. Begin with the first: others may follow from it.',
      '%1 problems were found. Begin with the first: others may follow from it.',
      problems
    );
  }
  return warnings > 0
    ? trans._n('It works; %1 warning.', 'It works; %1 warnings.', warnings)
    : trans.__('All is well.');
}
