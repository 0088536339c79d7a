import { Clipboard } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/**
 * A button that copies a text, and says that it did.
 */
export function CopyButton(props: {
  readonly text: string;
  readonly label: string;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const [copied, setCopied] = React.useState<string | null>(null);
  const copy = () => {
    Clipboard.copyToSystem(props.text);
    setCopied(props.text);
  };
  return (
    <>
      <button type="button" className="jp-deploykf-Link" onClick={copy}>
        {props.label}
      </button>
      <span aria-live="polite" className="jp-deploykf-Hint">
        {copied === props.text ? props.trans.__('Copied.') : ''}
      </span>
    </>
  );
}

/**
 * A text to copy, as it is.
 */
export function Copyable(props: {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <div className="jp-deploykf-Copyable">
      {/* It scrolls, so it has to be reached by keyboard. */}
      <pre tabIndex={0} role="region" aria-label={props.label}>
        {props.text}
      </pre>
      <CopyButton
        text={props.text}
        label={props.trans.__('Copy')}
        trans={props.trans}
      />
    </div>
  );
}
