import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IDeviceAttempt, IProblem } from '../tokens';
import { formatRemaining } from './format';
import { Problem } from './Problem';
import { useNow } from './useNow';
import { useTask } from './useTask';

// It is big, and few log in this way.
const QRCode = React.lazy(async () => ({
  default: (await import('qrcode.react')).QRCodeSVG
}));

/**
 * A login on another device: a code to enter there, or to scan.
 */
export function DeviceLogin(props: {
  readonly trans: TranslationBundle;
  readonly explain: (error: unknown) => IProblem;
  /** Begin; `show` gets what people need, and the promise lasts until the end. */
  readonly onBegin: (
    show: (attempt: IDeviceAttempt) => void,
    signal: AbortSignal
  ) => Promise<void>;
}): JSX.Element {
  const { trans } = props;
  const now = useNow();
  const task = useTask(props.explain);
  const [attempt, setAttempt] = React.useState<IDeviceAttempt | null>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const begin = () => {
    setAttempt(null);
    task.run(signal => props.onBegin(setAttempt, signal));
  };
  const cancel = () => {
    task.cancel();
    button.current?.focus();
  };
  return (
    <details>
      <summary>{trans.__('Log in on another device')}</summary>
      <div className="jp-deploykf-Step">
        {/* It stays, and keeps the focus. */}
        <div>
          <button
            ref={button}
            type="button"
            className="jp-mod-styled"
            onClick={begin}
          >
            {task.isBusy
              ? trans.__('Get another code')
              : trans.__('Get a code')}
          </button>
        </div>
        {task.isBusy && attempt && (
          <div className="jp-deploykf-Device">
            <React.Suspense fallback={<div className="jp-deploykf-QR" />}>
              <QRCode
                className="jp-deploykf-QR"
                value={attempt.verification_uri}
                title={trans.__('The address of the page, to scan')}
                marginSize={2}
              />
            </React.Suspense>
            <div>
              <p>
                {trans.__('Open this page there:')}{' '}
                <a
                  href={attempt.verification_uri}
                  target="_blank"
                  rel="noopener noreferrer"
                >
                  {attempt.verification_uri}
                </a>
              </p>
              <p>
                {trans.__('and enter this code:')}{' '}
                <strong className="jp-deploykf-UserCode">
                  {attempt.user_code}
                </strong>
              </p>
              <p className="jp-deploykf-Hint">
                {trans.__(
                  'The code is good for %1. Give it to nobody.',
                  formatRemaining(attempt.expires_at, now, trans) || '0'
                )}
              </p>
            </div>
          </div>
        )}
        <div className="jp-deploykf-Row">
          <span role="status">
            {task.isBusy &&
              (attempt
                ? trans.__('Waiting for the other device…')
                : trans.__('Asking the issuer…'))}
          </span>
          {task.isBusy && (
            <button type="button" className="jp-deploykf-Link" onClick={cancel}>
              {trans.__('Cancel')}
            </button>
          )}
        </div>
        {task.problem && <Problem what={task.problem} />}
      </div>
    </details>
  );
}
