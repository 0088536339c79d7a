import * as React from 'react';

import { isSameIssuer } from '../../model/issuers';
import { ICluster } from '../../tokens';

/**
 * What is edited, and the buttons that open the form.
 */
export interface IEditing {
  /** A cluster, a new one, or nothing. */
  readonly edited: ICluster | 'new' | null;
  readonly edit: (edited: ICluster | 'new') => void;
  /** Close the form; the focus goes back to the button of what was edited. */
  readonly close: (saved: string | null) => void;
  /** Of all that the form and the buttons are in. */
  readonly root: React.Ref<HTMLDivElement>;
  readonly addButton: React.Ref<HTMLButtonElement>;
  readonly editButton: (issuer: string) => React.Ref<HTMLButtonElement>;
}

/**
 * Which cluster of the list is edited. The focus goes back to the button that
 * opened the form, which is another element by then: the form takes its place.
 */
export function useEditing(): IEditing {
  const [edited, setEdited] = React.useState<IEditing['edited']>(null);
  const closed = React.useRef<string | null>(null);
  const root = React.useRef<HTMLDivElement>(null);
  const add = React.useRef<HTMLButtonElement>(null);
  const edits = React.useRef(new Map<string, HTMLButtonElement>());
  // Before anything else looks for a place for the focus.
  React.useLayoutEffect(() => {
    const issuer = closed.current;
    if (edited !== null || issuer === null) {
      return;
    }
    closed.current = null;
    const [, button] =
      [...edits.current].find(([known]) => isSameIssuer(known, issuer)) ?? [];
    (button ?? add.current)?.focus();
  }, [edited]);
  return {
    edited,
    edit: setEdited,
    close: saved => {
      // A new one has no button of its own.
      const old = edited === null || edited === 'new' ? '' : edited.issuer;
      // Whoever works elsewhere by now is left there.
      closed.current = isElsewhere(root.current) ? null : old && (saved ?? old);
      setEdited(null);
    },
    root,
    addButton: add,
    editButton: issuer => button => {
      if (button) {
        edits.current.set(issuer, button);
      } else {
        edits.current.delete(issuer);
      }
    }
  };
}

function isElsewhere(root: HTMLElement | null): boolean {
  const { activeElement, body } = document;
  return activeElement !== body && !root?.contains(activeElement);
}
