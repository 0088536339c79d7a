import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ICheck, IReport } from '../../tokens';
import { CopyButton } from './Copyable';

const SIGNS = { ok: '✓', warning: '!', problem: '✗', skipped: '–' };

/**
 * What the doctor found: what is wrong in sight, the rest of it in reach.
 */
export function DoctorReport(props: {
  readonly report: IReport;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
}): JSX.Element {
  const { report, trans } = props;
  const isWrong = ({ state }: ICheck) =>
    state === 'problem' || state === 'warning';
  const wrong = report.checks.filter(isWrong);
  const others = report.checks.filter(check => !isWrong(check));
  return (
    <div className="jp-deploykf-Report">
      <p role="status">{summary(report, trans)}</p>
      {wrong.length > 0 && <Checks checks={wrong} trans={trans} />}
      {others.length > 0 && (
        <details>
          <summary>
            {wrong.length > 0
              ? trans._n('%1 other check', '%1 other checks', others.length)
              : trans._n('%1 check', '%1 checks', others.length)}
          </summary>
          <Checks checks={others} trans={trans} />
        </details>
      )}
      <div className="jp-deploykf-Row">
        <CopyButton
          text={report.bundle}
          label={trans.__('Copy the report (no secret is in it)')}
          trans={trans}
        />
        <button
          type="button"
          className="jp-deploykf-Link"
          onClick={props.onClose}
        >
          {trans.__('Close the report')}
        </button>
      </div>
    </div>
  );
}

function Checks(props: {
  readonly checks: readonly ICheck[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { checks, trans } = props;
  const states = {
    ok: trans.__('OK'),
    warning: trans.__('Warning'),
    problem: trans.__('Problem'),
    skipped: trans.__('Not checked')
  };
  return (
    <ul>
      {checks.map(check => (
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
  );
}

function summary(report: IReport, trans: TranslationBundle): string {
  const count = (state: ICheck['state']) =>
    report.checks.filter(check => check.state === state).length;
  const problems = count('problem');
  const warnings = count('warning');
  if (problems > 0) {
    return trans._n(
      '%1 problem was found.',
      '%1 problems were found. Begin with the first: the others may follow from it.',
      problems
    );
  }
  return warnings > 0
    ? trans._n('It works; %1 warning.', 'It works; %1 warnings.', warnings)
    : trans.__('All is well.');
}
