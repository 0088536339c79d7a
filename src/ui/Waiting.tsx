import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/**
 * What is being waited for, with a way out. It is always there, so that screen
 * readers hear of what appears in it; the button is no part of what they read.
 */
export function Waiting(props: {
  /** What is waited for; nothing where nothing is. */
  readonly text: string | null;
  readonly className?: string;
  readonly trans: TranslationBundle;
  readonly onCancel: () => void;
  /** What it has led to, read out as well. */
  readonly children?: React.ReactNode;
}): JSX.Element {
  const { text, trans } = props;
  return (
    <div className={props.className ?? 'jp-deploykf-Row'}>
      <div role="status">
        {text}
        {props.children}
      </div>
      {text && (
        <button
          type="button"
          className="jp-deploykf-Link"
          onClick={props.onCancel}
        >
          {trans.__('Cancel')}
        </button>
      )}
    </div>
  );
}
