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
  const add = React.useRef<HTMLButtonElement>(null);
  const edits = React.useRef(new Map<string, HTMLButtonElement>());
  React.useEffect(() => {
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
      closed.current = old && (saved ?? old);
      setEdited(null);
    },
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
