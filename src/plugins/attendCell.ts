import { TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import * as React from 'react';

import { openPage } from '../login/popup';
import { AskModel } from '../model/ask';
import { IAsk } from '../model/askMessage';
import { readPreferences } from '../model/preferences';
import { IPreferences, ISessions } from '../tokens';
import { AskView } from '../ui/AskView';
import { LoginDialog } from '../ui/LoginDialog';
import { LoginOutput } from '../ui/LoginOutput';
import { answerBox } from '../ui/stdin';

interface IParts {
  readonly preferences: IPreferences;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
}

const attended = new WeakSet<LoginOutput>();

/**
 * The output of a cell that needs a login, which opens the dialog when the
 * cell waits for a code.
 *
 * @param parts - What is known of sessions, what the user prefers, and the language.
 */
export function makeOutput(parts: IParts): LoginOutput {
  const output = new LoginOutput(parts.trans);
  const attend = async () => {
    const { ask } = output;
    if (!ask || attended.has(output)) {
      return;
    }
    attended.add(output);
    try {
      await attendCell(output, ask, parts);
    } finally {
      attended.delete(output);
    }
  };
  output.wanted.connect(() => void attend());
  return output;
}

/**
 * Attend to a cell that waits for a login until it goes on: show the dialog
 * whenever the cell wants it, and tell the kernel when someone has logged in by
 * another way. Where the dialog is closed, the cell's own box is still there.
 *
 * @param output - The cell's output, which follows the kernel.
 * @param ask - What it says.
 * @param parts - What is known of sessions, what the user prefers, and the language.
 * @returns A promise for the moment when the cell waits no more.
 */
async function attendCell(
  output: LoginOutput,
  ask: IAsk,
  parts: IParts
): Promise<void> {
  const isHandsFree = readPreferences(parts.preferences.settings).handsFree;
  const model = new AskModel(ask, {
    sessions: parts.sessions,
    openPage: url => openPage(url),
    origin: isHandsFree ? location.origin : '',
    answer: line => {
      if (output.box) {
        answerBox(output.box, line);
      }
    }
  });
  let dialog: LoginDialog | null = null;
  const show = async () => {
    if (dialog || model.state.step === 'over') {
      return;
    }
    dialog = makeDialog(model, parts.trans);
    try {
      await dialog.launch();
    } finally {
      dialog = null;
    }
  };
  const over = new PromiseDelegate<void>();
  const follow = () => {
    takeNews(output, model);
    if (model.state.step === 'over') {
      dialog?.reject();
      over.resolve();
    }
  };
  const onWanted = () => {
    follow();
    void show();
  };
  output.changed.connect(follow);
  output.wanted.connect(onWanted);
  // The cell was run again, or removed.
  output.disposed.connect(follow);
  try {
    void model.open();
    onWanted();
    await over.promise;
  } finally {
    output.changed.disconnect(follow);
    output.wanted.disconnect(onWanted);
    output.disposed.disconnect(follow);
    model.dispose();
  }
}

/** What the kernel says is taken up when it can be answered. */
function takeNews(output: LoginOutput, model: AskModel): void {
  const { ask } = output;
  if (!output.isWaiting) {
    model.end();
  } else if (ask && output.box) {
    model.take(ask);
  }
}

function makeDialog(model: AskModel, trans: TranslationBundle): LoginDialog {
  return new LoginDialog({
    trans,
    changed: model.changed,
    isAtEnd: () => model.state.step === 'over',
    view: () =>
      React.createElement(AskView, {
        state: model.state,
        trans,
        onOpenPage: () => model.openPage(),
        onTypeCode: code => model.typeCode(code),
        onSubmit: code => model.submit(code),
        onDecide: isMeant => model.decide(isMeant)
      })
  });
}
