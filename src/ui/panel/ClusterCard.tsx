import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { needsLogin } from '../../model/choice';
import { isSomeoneElse } from '../../model/people';
import { IReport, ISession } from '../../tokens';
import { formatMoment, formatRemaining, hostOf, nameOf } from '../format';
import { Note, Problem } from '../Problem';
import { FactList } from '../FactList';
import { UnverifiedNote } from '../SessionLine';
import { useTask } from '../useTask';
import { Waiting } from '../Waiting';
import { DoctorReport } from './DoctorReport';
import { IPanelActions } from './PanelView';

/**
 * What a card is made from.
 */
export interface IClusterCardProps {
  readonly session: ISession;
  /** Whom the platform's gateway names as the user of this page, if anyone. */
  readonly gatewayUser: string | null;
  /** Whether the server extension is there to refresh it. */
  readonly isKeptFresh: boolean;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Its button gets the focus back when the form is closed. */
  readonly editButton: React.Ref<HTMLButtonElement>;
  readonly onEdit: () => void;
}

/**
 * The session at one cluster: who, until when, and what can be done.
 */
export function ClusterCard(props: IClusterCardProps): JSX.Element {
  const { actions, session, trans } = props;
  const { cluster } = session;
  const id = React.useId();
  const task = useTask(actions.explain);
  const [report, setReport] = React.useState<IReport | null>(null);
  // What was found before a login or a logout says nothing of now.
  React.useEffect(
    () => setReport(null),
    [session.state, session.identity?.subject]
  );
  const check = () =>
    task.run(async signal => {
      setReport(null);
      setReport(await actions.check(cluster.issuer, signal));
    });
  const refresh = () =>
    task.run(signal => actions.refresh(cluster.issuer, signal));
  return (
    <section
      className="jp-deploykf-ClusterCard"
      aria-labelledby={id}
      tabIndex={-1}
    >
      <header>
        <h3 id={id}>{cluster.name}</h3>
        <State {...props} />
      </header>
      <Facts {...props} />
      <Connection {...props} />
      {session.problem && (
        <Note>
          {session.problem.message} {session.problem.next_step}
        </Note>
      )}
      {isSomeoneElse(session, props.gatewayUser) && (
        <Note>
          {trans.__(
            'This session belongs to %1, but you are signed in to the platform as %2. What you run here, you run as %1.',
            nameOf(session.identity, trans),
            props.gatewayUser
          )}
        </Note>
      )}
      {cluster.skip_tls_verify && <UnverifiedNote trans={trans} />}
      <Buttons
        {...props}
        isBusy={task.isBusy}
        onRefresh={refresh}
        onCheck={check}
      />
      <Waiting
        text={task.isBusy ? trans.__('Asking the issuer…') : null}
        trans={trans}
        onCancel={task.cancel}
      />
      {/* Said once, where the session says it already. */}
      {task.problem && task.problem.code !== session.problem?.code && (
        <Problem what={task.problem} />
      )}
      {report && (
        <DoctorReport
          report={report}
          trans={trans}
          onClose={() => setReport(null)}
        />
      )}
    </section>
  );
}

/** In words and by a shape: colour alone says nothing to many people. */
function State(props: IClusterCardProps): JSX.Element {
  const { trans } = props;
  const states: Record<ISession['state'], [string, string]> = {
    signed_in: ['●', trans.__('Signed in')],
    expired: ['◐', trans.__('To be renewed')],
    ended: ['○', trans.__('Session ended')],
    signed_out: ['○', trans.__('Signed out')]
  };
  const { state } = props.session;
  const [shape, word] = states[state];
  return (
    <span className="jp-deploykf-State" data-state={state}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}

function Facts(props: IClusterCardProps): JSX.Element {
  const { isKeptFresh, now, session, trans } = props;
  const { identity } = session;
  const rows: [string, string][] = [];
  if (identity) {
    rows.push([trans.__('User'), nameOf(identity, trans)]);
    rows.push([
      trans.__('Groups'),
      identity.groups.join(', ') || trans.__('none')
    ]);
  }
  if (session.expires_at !== null) {
    rows.push([trans.__('Token'), validity(session.expires_at, now, trans)]);
  }
  // Of one that is over there is nothing to foretell.
  if (session.state === 'signed_in' || session.state === 'expired') {
    rows.push([trans.__('Session'), outlook(session, now, trans)]);
    rows.push([
      trans.__('Kept fresh'),
      session.renewable
        ? isKeptFresh
          ? trans.__('by this Jupyter server')
          : trans.__('by notebooks and terminals that use it')
        : trans.__('by nothing: there is no refresh token')
    ]);
  }
  return <FactList rows={rows} />;
}

/** Whether the way there is safe, in sight; where it leads to, in reach. */
function Connection(props: IClusterCardProps): JSX.Element {
  const { session, trans } = props;
  const { cluster } = session;
  const rows: [string, string][] = [[trans.__('Issuer'), cluster.issuer]];
  if (cluster.api_url) {
    rows.push([trans.__('API'), cluster.api_url]);
  }
  return (
    <details>
      <summary>
        {trans.__('Connection: %1', connection(session, trans))}
      </summary>
      <FactList rows={rows} />
      {cluster.source !== 'file' && (
        <p className="jp-deploykf-Hint">{whose(session, trans)}</p>
      )}
    </details>
  );
}

function validity(
  expiresAt: number,
  now: number,
  trans: TranslationBundle
): string {
  const left = formatRemaining(expiresAt, now, trans);
  const moment = formatMoment(expiresAt, now);
  return left
    ? trans.__('%1 left, until %2', left, moment)
    : trans.__('expired at %1', moment);
}

/** When a human has to log in again, as far as known. */
function outlook(
  session: ISession,
  now: number,
  trans: TranslationBundle
): string {
  if (!session.renewable) {
    return trans.__('ends with the token: log in again then');
  }
  const { idle_until: idleUntil } = session;
  return idleUntil
    ? trans.__(
        'ends on %1 if nobody uses it, at the latest 90 days after the login',
        formatMoment(idleUntil, now)
      )
    : trans.__(
        'ends after 7 days without use, at the latest 90 days after the login'
      );
}

function connection(session: ISession, trans: TranslationBundle): string {
  const { ca_file: file, issuer, skip_tls_verify: skips } = session.cluster;
  if (issuer.startsWith('http:')) {
    return trans.__('not encrypted (http)');
  }
  if (skips) {
    return trans.__('encrypted, certificate not verified');
  }
  return file
    ? trans.__('encrypted, certificate verified by %1', file)
    : trans.__('encrypted, certificate verified');
}

function Buttons(
  props: IClusterCardProps & {
    readonly isBusy: boolean;
    readonly onRefresh: () => void;
    readonly onCheck: () => void;
  }
): JSX.Element {
  const { actions, isBusy, session, trans } = props;
  const { issuer, name, source } = session.cluster;
  // One that is expired is renewed by a click, and one that has ended never is.
  const isOut = session.state !== 'expired' && needsLogin(session);
  const isThere = session.state === 'signed_in' || session.state === 'expired';
  const isOwn = source === 'file';
  const small = (
    label: string,
    onClick: () => void,
    ref?: React.Ref<HTMLButtonElement>
  ): JSX.Element => (
    <button
      ref={ref}
      type="button"
      className="jp-deploykf-Small"
      // A button that is disabled while it has the focus loses it.
      aria-disabled={isBusy || undefined}
      // Several cards have the same buttons.
      aria-label={`${label}: ${name}`}
      onClick={isBusy ? undefined : onClick}
    >
      {label}
    </button>
  );
  return (
    <div className="jp-deploykf-Row jp-deploykf-Buttons">
      {/* One place: whoever logs in by keyboard has the focus there afterwards. */}
      {isOut ? (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          aria-disabled={isBusy || undefined}
          aria-label={`${trans.__('Log in')}: ${name}`}
          onClick={isBusy ? undefined : () => actions.login(issuer, false)}
        >
          {trans.__('Log in')}
        </button>
      ) : (
        small(
          session.renewable ? trans.__('Refresh') : trans.__('Log in again'),
          session.renewable
            ? props.onRefresh
            : () => actions.login(issuer, true)
        )
      )}
      {session.state !== 'signed_out' &&
        small(trans.__('Log out'), () => actions.logout(issuer))}
      {small(trans.__('Check'), props.onCheck)}
      {small(trans.__('Insert kfp.Client cell'), () =>
        actions.insertCell(issuer)
      )}
      {isThere &&
        small(trans.__('Log in as someone else'), () =>
          actions.login(issuer, true)
        )}
      {isOwn && small(trans.__('Edit'), props.onEdit, props.editButton)}
      {isOwn && small(trans.__('Remove'), () => actions.remove(issuer))}
    </div>
  );
}

/** Why a cluster can't be edited here. */
function whose(session: ISession, trans: TranslationBundle): string {
  switch (session.cluster.source) {
    case 'administrator':
      return trans.__('Configured by your administrator.');
    case 'environment':
      return trans.__('Configured by an environment variable.');
    default:
      return trans.__(
        'Known from a session at %1 alone.',
        hostOf(session.cluster.issuer)
      );
  }
}
