import { Clipboard } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ILink } from '../model/loginState';
import { hostOf } from './format';
import { UnverifiedNote } from './SessionLine';

/**
 * The first step of a login: the issuer's page.
 */
export function OpenPage(props: {
  readonly link: ILink;
  readonly trans: TranslationBundle;
  /** Open the page; `false` where the browser refused. */
  readonly onOpen: () => boolean;
}): JSX.Element {
  const { link, trans } = props;
  const anchor = React.useRef<HTMLAnchorElement>(null);
  const [copied, setCopied] = React.useState<string | null>(null);
  React.useEffect(() => {
    // Whoever chooses a cluster with the arrow keys keeps the focus there.
    if (!document.activeElement?.closest('.jp-deploykf-Login')) {
      anchor.current?.focus();
    }
  }, []);
  const open = (event: React.MouseEvent) => {
    // Ctrl and the like are the browser's business: a tab in the background.
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (isPlain && props.onOpen()) {
      event.preventDefault();
    }
  };
  const copy = () => {
    Clipboard.copyToSystem(link.url);
    setCopied(link.url);
  };
  return (
    <div className="jp-deploykf-Step">
      <p>
        {trans.__('Sign in at %1, in a window of its own.', hostOf(link.url))}
      </p>
      {link.skipsTLS && <UnverifiedNote trans={trans} />}
      <div className="jp-deploykf-Row">
        {/* A link, so that it also works where the browser refuses windows. */}
        <a
          ref={anchor}
          className="jp-deploykf-Open"
          href={link.url}
          target="_blank"
          rel="noopener noreferrer"
          onClick={open}
        >
          {trans.__('Open the sign-in page')}
        </a>
        <button type="button" className="jp-deploykf-Link" onClick={copy}>
          {trans.__('Copy the link')}
        </button>
        <span aria-live="polite" className="jp-deploykf-Hint">
          {copied === link.url ? trans.__('Copied.') : ''}
        </span>
      </div>
    </div>
  );
}
