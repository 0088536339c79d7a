import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IResult, Step } from '../model/loginState';
import { IStandIn } from '../tokens';
import { Done } from './Done';
import { Waiting } from './Waiting';

/**
 * What is being waited for, with a way out; in the end, the result.
 */
export function Status(props: {
  readonly step: Step;
  readonly result: IResult | null;
  /** The kernel that stands in for the server extension, if one does. */
  readonly standIn: IStandIn | null;
  /** Whether sessions are renewed with nobody at work. */
  readonly isKeptFresh: boolean;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly onCancel: () => void;
}): JSX.Element {
  const { now, result, standIn, step, trans } = props;
  const texts: Partial<Record<Step, string>> = {
    loading: trans.__('Looking for your clusters…'),
    preparing: trans.__('Asking the issuer where to sign in…'),
    exchanging: trans.__('Logging in…')
  };
  // That takes seconds, and what is waited for comes after it.
  const isStarting = standIn !== null && !standIn.isReady;
  const text =
    texts[step] && isStarting
      ? trans.__('Starting a kernel (%1)…', standIn.name)
      : texts[step];
  return (
    <Waiting
      className="jp-deploykf-Status"
      text={text ?? null}
      trans={trans}
      onCancel={props.onCancel}
    >
      {result && (
        <Done
          result={result}
          isKeptFresh={props.isKeptFresh}
          trans={trans}
          now={now}
        />
      )}
    </Waiting>
  );
}
