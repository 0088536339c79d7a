import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IResult } from '../model/loginState';
import { nameOf } from './format';
import { Note } from './Problem';
import { SessionLine } from './SessionLine';

/**
 * Who is signed in now, and until when.
 */
export function Done(props: {
  readonly result: IResult;
  /** Whether the server extension is there to refresh it. */
  readonly isKeptFresh: boolean;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
}): JSX.Element {
  const { result, trans } = props;
  return (
    <>
      <SessionLine
        session={result.session}
        isKeptFresh={props.isKeptFresh}
        trans={trans}
        now={props.now}
      />
      {result.isFromElsewhere && (
        <p>
          {trans.__(
            'This was done outside of this dialog: in another tab or in a terminal.'
          )}
        </p>
      )}
      {result.replaced && (
        <Note>
          {trans.__(
            'Before this login it was %1. If that was not meant, log in again as %1.',
            nameOf(result.replaced, trans)
          )}
        </Note>
      )}
      {result.notSaved && (
        <Note>
          {trans.__(
            'The cluster could not be added to your list, so its address will be asked for again.'
          )}{' '}
          {result.notSaved.message} {result.notSaved.next_step}
        </Note>
      )}
      <p>
        {trans.__(
          'Every notebook, terminal and script on this server can use the session now.'
        )}
      </p>
    </>
  );
}
