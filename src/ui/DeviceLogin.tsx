import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { DeviceCode, IProblem } from '../tokens';
import { formatRemaining } from './format';
import { Problem } from './Problem';
import { useNow } from './useNow';
import { useTask } from './useTask';
import { Waiting } from './Waiting';

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
    show: (code: DeviceCode) => void,
    signal: AbortSignal
  ) => Promise<void>;
}): JSX.Element {
  const { trans } = props;
  const now = useNow();
  const task = useTask(props.explain);
  const [code, setCode] = React.useState<DeviceCode | null>(null);
  const left = code && formatRemaining(code.expires_at, now, trans);
  const waiting = code
    ? trans.__('Waiting for the other device…')
    : trans.__('Asking the issuer…');
  const button = React.useRef<HTMLButtonElement>(null);
  const begin = () => {
    setCode(null);
    task.run(signal => props.onBegin(setCode, signal));
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
        {task.isBusy && code && (
          <div className="jp-deploykf-Device">
            <React.Suspense fallback={<div className="jp-deploykf-QR" />}>
              <QRCode
                className="jp-deploykf-QR"
                value={code.verification_uri}
                title={trans.__('The address of the page, to scan')}
                marginSize={2}
              />
            </React.Suspense>
            <div>
              <p>
                {trans.__('Open this page there:')}{' '}
                <a
                  href={code.verification_uri}
                  target="_blank"
                  rel="noopener noreferrer"
                >
                  {code.verification_uri}
                </a>
              </p>
              <p>
                {trans.__('and enter this code:')}{' '}
                <strong className="jp-deploykf-UserCode">
                  {code.user_code}
                </strong>
              </p>
              {left && (
                <p className="jp-deploykf-Hint">
                  {trans.__(
                    'The code is good for %1. Give it to nobody.',
                    left
                  )}
                </p>
              )}
            </div>
          </div>
        )}
        <Waiting
          text={task.isBusy ? waiting : null}
          trans={trans}
          onCancel={cancel}
        />
        {task.problem && <Problem what={task.problem} />}
      </div>
    </details>
  );
}
