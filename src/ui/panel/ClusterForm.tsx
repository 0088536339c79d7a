import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { issuerFromText } from '../../model/choice';
import { ClusterEntry, ICluster } from '../../tokens';
import { EXAMPLE_ISSUER } from '../IssuerField';
import { Note, Problem } from '../Problem';
import { useTask } from '../useTask';
import { IPanelActions } from './PanelView';

/**
 * A cluster of the user's own list, new or to be changed. It is saved once its
 * issuer has answered.
 */
export function ClusterForm(props: {
  /** What is changed; `null` for a new one. */
  readonly cluster: ICluster | null;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
}): JSX.Element {
  const { actions, cluster, trans } = props;
  const id = React.useId();
  const task = useTask(actions.explain);
  const first = React.useRef<HTMLInputElement>(null);
  const [issuer, setIssuer] = React.useState(cluster?.issuer ?? '');
  const [name, setName] = React.useState(cluster?.name ?? '');
  const [apiURL, setAPIURL] = React.useState(cluster?.api_url ?? '');
  const [caFile, setCAFile] = React.useState(cluster?.ca_file ?? '');
  const [skips, setSkips] = React.useState(cluster?.skip_tls_verify ?? false);
  React.useEffect(() => first.current?.focus(), [task.problem]);
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
      skip_tls_verify: skips
    };
    task.run(async signal => {
      await actions.saveCluster(entry, cluster?.issuer ?? null, signal);
      props.onClose();
    });
  };
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
          'The address of the deployKF dashboard up to the first slash after the name, with /dex.'
        )}
        text={issuer}
        field={first}
        placeholder={EXAMPLE_ISSUER}
        isBusy={task.isBusy}
        problemId={task.problem ? `${id}-problem` : undefined}
        onType={setIssuer}
      />
      {task.problem && <Problem id={`${id}-problem`} what={task.problem} />}
      <Field
        label={trans.__('Name')}
        hint={trans.__('What you call it; else its host.')}
        text={name}
        isBusy={task.isBusy}
        onType={setName}
      />
      <Field
        label={trans.__('API URL')}
        hint={trans.__(
          'Of Kubeflow Pipelines. Else it is found where deployKF has it: /pipeline beside /dex.'
        )}
        text={apiURL}
        isBusy={task.isBusy}
        onType={setAPIURL}
      />
      <Field
        label={trans.__('CA file')}
        hint={trans.__(
          'On the Jupyter server, in PEM: where the certificate comes from an authority of your own.'
        )}
        text={caFile}
        isBusy={task.isBusy}
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
      <div className="jp-deploykf-Row">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!issuer.trim()}
          aria-disabled={task.isBusy}
        >
          {trans.__('Verify and save')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={task.isBusy ? task.cancel : props.onClose}
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

function Field(props: {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly placeholder?: string;
  readonly field?: React.Ref<HTMLInputElement>;
  readonly isBusy: boolean;
  /** Of what is wrong with it, if anything is. */
  readonly problemId?: string;
  readonly onType: (text: string) => void;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-deploykf-Field">
      <label className="jp-deploykf-Label" htmlFor={id}>
        {props.label}
      </label>
      <input
        ref={props.field}
        id={id}
        className="jp-mod-styled"
        type="text"
        autoComplete="off"
        spellCheck={false}
        placeholder={props.placeholder}
        value={props.text}
        readOnly={props.isBusy}
        aria-invalid={props.problemId !== undefined}
        aria-describedby={
          props.problemId ? `${props.problemId} ${id}-hint` : `${id}-hint`
        }
        onChange={event => props.onType(event.target.value)}
      />
      <span className="jp-deploykf-Hint" id={`${id}-hint`}>
        {props.hint}
      </span>
    </div>
  );
}
