import { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IPasswordLogin, IProblem } from '../tokens';
import { Problem } from './Problem';
import { useTask } from './useTask';
import { Waiting } from './Waiting';

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
  const [missing, setMissing] = React.useState<'username' | 'password' | null>(
    null
  );
  const name = React.useRef<HTMLInputElement>(null);
  // Never in a state: it is read once, and the field is emptied.
  const password = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // Whoever chooses a cluster with the arrow keys keeps the focus there.
    if (!document.activeElement?.closest('.jp-deploykf-Login')) {
      name.current?.focus();
    }
  }, []);
  // Other trouble is none of the password's.
  const isRejected = task.problem?.code === 'password_rejected';
  React.useEffect(() => {
    if (task.problem) {
      password.current?.focus();
    }
  }, [task.problem]);
  const logIn = (event: React.FormEvent) => {
    event.preventDefault();
    const field = password.current;
    if (!field || task.isBusy) {
      return;
    }
    const lacks = !username.trim() ? 'username' : !field.value && 'password';
    setMissing(lacks || null);
    if (lacks) {
      task.clear();
      (lacks === 'username' ? name.current : field)?.focus();
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
            ref={name}
            id={`${id}-username`}
            className="jp-mod-styled jp-deploykf-Credential"
            type="text"
            autoComplete="username"
            spellCheck={false}
            value={username}
            readOnly={task.isBusy}
            aria-invalid={missing === 'username'}
            aria-describedby={
              missing === 'username' ? `${id}-missing` : undefined
            }
            onChange={event => {
              setUsername(event.target.value);
              setMissing(null);
            }}
          />
          {missing === 'username' && (
            <Missing
              id={`${id}-missing`}
              what={trans.__('Enter your username or e-mail address.')}
            />
          )}
          <label className="jp-deploykf-Label" htmlFor={`${id}-password`}>
            {trans.__('Password')}
          </label>
          <input
            ref={password}
            id={`${id}-password`}
            className="jp-mod-styled jp-deploykf-Credential"
            type="password"
            autoComplete="current-password"
            readOnly={task.isBusy}
            aria-invalid={isRejected || missing === 'password'}
            aria-describedby={
              missing === 'password'
                ? `${id}-missing`
                : isRejected
                  ? `${id}-problem`
                  : undefined
            }
            onChange={() => setMissing(null)}
          />
          {missing === 'password' && (
            <Missing
              id={`${id}-missing`}
              what={trans.__('Enter your password.')}
            />
          )}
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
          <Waiting
            text={task.isBusy ? trans.__('Logging in…') : null}
            trans={trans}
            onCancel={task.cancel}
          />
        </div>
      </form>
    </details>
  );
}

function Missing(props: {
  readonly id: string;
  readonly what: string;
}): JSX.Element {
  return (
    <div className="jp-deploykf-Problem" role="alert" id={props.id}>
      {props.what}
    </div>
  );
}
