import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { toProblem } from '../bridge/problem';
import { openPage } from '../login/popup';
import { guessIssuer } from '../model/address';
import { areKeptFresh } from '../model/freshness';
import { LoginModel } from '../model/login';
import { readPreferences } from '../model/preferences';
import { IBridge, IPreferences, ISessions } from '../tokens';
import { LoginDialog } from '../ui/LoginDialog';
import { LoginView } from '../ui/LoginView';

/**
 * Show the dialog «Login to deployKF». Loaded when the dialog is opened and
 * not before; oidc-client-ts comes when an authorization request is made.
 *
 * @param parts - The way to the cache, what is known, and the language.
 * @param issuer - The cluster that is wanted, if any.
 * @param again - Whether to log in also where there is a session already.
 * @returns A promise for the dialog's end.
 */
export async function openLogin(
  parts: {
    baseUrl: string;
    bridge: IBridge;
    preferences: IPreferences;
    sessions: ISessions;
    trans: TranslationBundle;
  },
  issuer: string | null,
  again = false
): Promise<void> {
  const { trans } = parts;
  const isHandsFree = readPreferences(parts.preferences.settings).handsFree;
  // Disposed at the end of this function.
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const model = new LoginModel({
    ...parts,
    loadBegin: async () => (await import('../login/authorize')).beginAttempt,
    openPage: url => openPage(url),
    guess: guessIssuer(new URL(parts.baseUrl, location.href)),
    origin: isHandsFree ? location.origin : '',
    now: () => Date.now()
  });
  // Disposes of itself when it is closed.
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const dialog = new LoginDialog({
    trans,
    changed: model.changed,
    isAtEnd: () => ['done', 'signed_in'].includes(model.state.step),
    view: () =>
      React.createElement(LoginView, {
        state: model.state,
        trans,
        now: Date.now(),
        standIn: parts.bridge.standIn,
        isKeptFresh: areKeptFresh(parts.sessions.status, parts.bridge.standIn),
        listProblem: parts.sessions.status?.clusters?.problem ?? null,
        onChoose: chosen => void model.choose(chosen),
        onTypeIssuer: text => model.typeIssuer(text),
        onPrepare: () => void model.prepare(),
        onOpenPage: () => model.openPage(),
        onTypeCode: code => model.typeCode(code),
        onSubmit: code => void model.submit(code),
        onDevice: (show, signal) => model.logInOnDevice(show, signal),
        onPassword: (login, signal) => model.logInWithPassword(login, signal),
        explain: error => toProblem(error, trans),
        onCancel: () => model.cancel(),
        onConfirm: () => void model.confirm(),
        onDecline: () => void model.decline(),
        onReload: () => void model.open(issuer, again)
      })
  });
  try {
    void model.open(issuer, again);
    await dialog.launch();
  } finally {
    // Closed half-way: nothing of the attempt is kept.
    model.dispose();
    void model.remembered.then(() => parts.bridge.release());
  }
}
