import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { issuerFromText } from '../../model/choice';
import { ClusterEntry, ICluster, IProblem } from '../../tokens';
import { EXAMPLE_ISSUER } from '../IssuerField';
import { Note, Problem } from '../Problem';
import { useTask } from '../useTask';
import { IPanelActions } from './PanelView';

/** The fields that have a place for what is wrong with them. */
const FIELDS = ['issuer', 'name', 'api_url', 'ca_file'] as const;

/**
 * A cluster of the user's own list, new or to be changed. It is saved once its
 * issuer has answered.
 */
export function ClusterForm(props: {
  /** What is changed; `null` for a new one. */
  readonly cluster: ICluster | null;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
  /** Called at the end, with the issuer of what was saved, if anything was. */
  readonly onClose: (saved: string | null) => void;
}): JSX.Element {
  const { actions, cluster, trans } = props;
  const id = React.useId();
  const task = useTask(actions.explain);
  const [issuer, setIssuer] = React.useState(cluster?.issuer ?? '');
  const [name, setName] = React.useState(cluster?.name ?? '');
  const [apiURL, setAPIURL] = React.useState(cluster?.api_url ?? '');
  const [caFile, setCAFile] = React.useState(cluster?.ca_file ?? '');
  const [skips, setSkips] = React.useState(cluster?.skip_tls_verify ?? false);
  const [authTypes, setAuthTypes] = React.useState(cluster?.auth_types ?? []);
  const save = (event: React.FormEvent) => {
    event.preventDefault();
    if (!issuer.trim() || task.isBusy) {
      return;
    }
    const entry: ClusterEntry = {
      ...withoutSource(cluster),
      issuer: issuerFromText(issuer),
      name: name.trim(),
      api_url: apiURL.trim() || null,
      ca_file: caFile.trim() || null,
      skip_tls_verify: skips,
      auth_types: authTypes
    };
    task.run(async signal => {
      await actions.saveCluster(entry, cluster?.issuer ?? null, signal);
      props.onClose(entry.issuer);
    });
  };
  const { problem } = task;
  const wrong = FIELDS.find(field => field === problem?.field);
  const at = (field: (typeof FIELDS)[number]) =>
    field === wrong ? problem : null;
  const title = cluster
    ? trans.__('Edit a cluster')
    : trans.__('Add a cluster');
  return (
    <form
      className="jp-deploykf-ClusterCard jp-deploykf-Form"
      aria-labelledby={id}
      onSubmit={save}
    >
      <h3 id={id}>{title}</h3>
      <Field
        label={trans.__('Issuer URL')}
        hint={trans.__(
          'Or the address of your deployKF dashboard: the issuer is beside it, under /dex.'
        )}
        text={issuer}
        isFirst
        placeholder={EXAMPLE_ISSUER}
        isBusy={task.isBusy}
        problem={at('issuer')}
        onType={setIssuer}
      />
      <Field
        label={trans.__('Name')}
        hint={trans.__('What you call it; else its host.')}
        text={name}
        isBusy={task.isBusy}
        problem={at('name')}
        onType={setName}
      />
      <Field
        label={trans.__('API URL')}
        hint={trans.__(
          'Of Kubeflow Pipelines. Else it is found where deployKF has it: /pipeline beside /dex.'
        )}
        text={apiURL}
        isBusy={task.isBusy}
        problem={at('api_url')}
        onType={setAPIURL}
      />
      <Field
        label={trans.__('CA file')}
        hint={trans.__(
          'On the Jupyter server, in PEM: where the certificate comes from an authority of your own.'
        )}
        text={caFile}
        isBusy={task.isBusy}
        problem={at('ca_file')}
        onType={setCAFile}
      />
      <label>
        <input
          type="checkbox"
          checked={skips}
          disabled={task.isBusy}
          onChange={event => setSkips(event.target.checked)}
        />{' '}
        {trans.__('Do not verify the certificate')}
      </label>
      {skips && (
        <Note>
          {trans.__(
            'Anyone on the way can then read your session. Better name the CA file.'
          )}
        </Note>
      )}
      <AuthTypes
        chosen={authTypes}
        isBusy={task.isBusy}
        trans={trans}
        onChoose={setAuthTypes}
      />
      {problem && !wrong && <Problem id={`${id}-problem`} what={problem} />}
      <div className="jp-deploykf-Row">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!issuer.trim()}
          aria-disabled={task.isBusy}
          aria-describedby={problem && !wrong ? `${id}-problem` : undefined}
        >
          {trans.__('Verify and save')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={task.isBusy ? task.cancel : () => props.onClose(null)}
        >
          {trans.__('Cancel')}
        </button>
        <span role="status">
          {task.isBusy && trans.__('Asking the issuer…')}
        </span>
      </div>
    </form>
  );
}

function withoutSource(cluster: ICluster | null): Partial<ClusterEntry> {
  if (!cluster) {
    return {};
  }
  const { source: _, ...entry } = cluster;
  return entry;
}

/** Whether a password is taken, and whose. */
function AuthTypes(props: {
  readonly chosen: readonly string[];
  readonly isBusy: boolean;
  readonly trans: TranslationBundle;
  readonly onChoose: (authTypes: readonly string[]) => void;
}): JSX.Element {
  const { chosen, trans } = props;
  const id = React.useId();
  const names: [string, string][] = [
    ['local', trans.__('Local')],
    ['ldap', trans.__('LDAP')]
  ];
  return (
    <div
      className="jp-deploykf-Field"
      role="group"
      aria-labelledby={id}
      aria-describedby={`${id}-hint`}
    >
      <span className="jp-deploykf-Label" id={id}>
        {trans.__('People log in there with a password')}
      </span>
      <div className="jp-deploykf-Row">
        {names.map(([type, name]) => (
          <label key={type}>
            <input
              type="checkbox"
              checked={chosen.includes(type)}
              disabled={props.isBusy}
              onChange={event =>
                props.onChoose(
                  names
                    .map(([other]) => other)
                    .filter(other =>
                      other === type
                        ? event.target.checked
                        : chosen.includes(other)
                    )
                )
              }
            />{' '}
            {name}
          </label>
        ))}
      </div>
      <span className="jp-deploykf-Hint" id={`${id}-hint`}>
        {trans.__(
          'Local are users of deployKF itself, LDAP those of your organisation’s directory. Leave both blank if everyone logs in on a page in the browser.'
        )}
      </span>
    </div>
  );
}

function Field(props: {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly placeholder?: string;
  /** Whether the form begins with it. */
  readonly isFirst?: boolean;
  readonly isBusy: boolean;
  /** What is wrong with it. */
  readonly problem: IProblem | null;
  readonly onType: (text: string) => void;
}): JSX.Element {
  const { isFirst = false, problem } = props;
  const id = React.useId();
  const field = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (isFirst) {
      field.current?.focus();
    }
  }, [isFirst]);
  React.useEffect(() => {
    if (problem) {
      field.current?.focus();
    }
  }, [problem]);
  return (
    <div className="jp-deploykf-Field">
      <label className="jp-deploykf-Label" htmlFor={id}>
        {props.label}
      </label>
      <input
        ref={field}
        id={id}
        className="jp-mod-styled"
        type="text"
        autoComplete="off"
        spellCheck={false}
        placeholder={props.placeholder}
        value={props.text}
        readOnly={props.isBusy}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-hint${problem ? ` ${id}-problem` : ''}`}
        onChange={event => props.onType(event.target.value)}
      />
      {problem && <Problem id={`${id}-problem`} what={problem} />}
      <span className="jp-deploykf-Hint" id={`${id}-hint`}>
        {props.hint}
      </span>
    </div>
  );
}
