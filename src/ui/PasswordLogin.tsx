import { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IPasswordLogin, IProblem } from '../tokens';
import { Problem } from './Problem';
import { useTask } from './useTask';

/**
 * Static credentials, local or LDAP, where the cluster says that it takes them.
 */
export function PasswordLogin(props: {
  readonly issuer: string;
  /** What the cluster takes: one at least. */
  readonly authTypes: readonly string[];
  readonly trans: TranslationBundle;
  readonly explain: (error: unknown) => IProblem;
  readonly onLogin: (
    login: IPasswordLogin,
    signal: AbortSignal
  ) => Promise<void>;
}): JSX.Element {
  const { authTypes, issuer, trans } = props;
  const id = React.useId();
  const task = useTask(props.explain);
  const [username, setUsername] = React.useState('');
  const [authType, setAuthType] = React.useState(authTypes[0]);
  // Never in a state: it is read once, and the field is emptied.
  const password = React.useRef<HTMLInputElement>(null);
  const user = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // Whoever chooses a cluster with the arrow keys keeps the focus there.
    if (!document.activeElement?.closest('.jp-deploykf-Login')) {
      user.current?.focus();
    }
  }, []);
  React.useEffect(() => {
    if (task.problem) {
      password.current?.focus();
    }
  }, [task.problem]);
  const logIn = (event: React.FormEvent) => {
    event.preventDefault();
    const field = password.current;
    if (!field?.value || !username.trim() || task.isBusy) {
      return;
    }
    const login: IPasswordLogin = {
      issuer,
      username: username.trim(),
      password: field.value,
      auth_type: authType
    };
    field.value = '';
    task.run(signal => props.onLogin(login, signal));
  };
  return (
    <details open>
      <summary>{trans.__('Log in with a password')}</summary>
      <form className="jp-deploykf-Step" onSubmit={logIn}>
        <div className="jp-deploykf-Field">
          <label className="jp-deploykf-Label" htmlFor={`${id}-username`}>
            {trans.__('Username or e-mail address')}
          </label>
          <input
            ref={user}
            id={`${id}-username`}
            className="jp-mod-styled jp-deploykf-Credential"
            type="text"
            required
            autoComplete="username"
            spellCheck={false}
            value={username}
            readOnly={task.isBusy}
            onChange={event => setUsername(event.target.value)}
          />
          <label className="jp-deploykf-Label" htmlFor={`${id}-password`}>
            {trans.__('Password')}
          </label>
          <input
            ref={password}
            id={`${id}-password`}
            className="jp-mod-styled jp-deploykf-Credential"
            type="password"
            required
            autoComplete="current-password"
            readOnly={task.isBusy}
            aria-invalid={task.problem !== null}
            aria-describedby={task.problem ? `${id}-problem` : undefined}
          />
        </div>
        {task.problem && <Problem id={`${id}-problem`} what={task.problem} />}
        {authTypes.length > 1 && (
          <div className="jp-deploykf-Row">
            <label className="jp-deploykf-Label" htmlFor={`${id}-type`}>
              {trans.__('Account')}
            </label>
            <HTMLSelect
              id={`${id}-type`}
              value={authType}
              disabled={task.isBusy}
              onChange={event => setAuthType(event.target.value)}
            >
              {authTypes.map(type => (
                <option key={type} value={type}>
                  {type === 'ldap' ? trans.__('LDAP') : trans.__('Local')}
                </option>
              ))}
            </HTMLSelect>
          </div>
        )}
        <div className="jp-deploykf-Row">
          <button
            type="submit"
            className="jp-mod-styled jp-mod-accept"
            aria-disabled={task.isBusy}
          >
            {trans.__('Log in with this password')}
          </button>
          {task.isBusy && (
            <button
              type="button"
              className="jp-deploykf-Link"
              onClick={task.cancel}
            >
              {trans.__('Cancel')}
            </button>
          )}
          <span role="status">{task.isBusy && trans.__('Logging in…')}</span>
        </div>
      </form>
    </details>
  );
}
