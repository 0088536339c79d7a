import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { toProblem } from '../bridge/problem';
import { bestCell } from '../model/cell';
import { IBridge, ISessions } from '../tokens';
import { tell } from './sessionActions';

/**
 * Write the cell that fits what there is to sign in with: a session, or the
 * mounted ServiceAccount token.
 *
 * @param parts - The way to the cache, what is known, the notebooks and the language.
 * @param issuer - Whose session is meant; else the one that there is.
 */
export async function insertClientCell(
  parts: {
    readonly bridge: IBridge;
    readonly notebooks: INotebookTracker | null;
    readonly sessions: ISessions;
    readonly trans: TranslationBundle;
  },
  issuer: string | null
): Promise<void> {
  const { bridge, notebooks, sessions, trans } = parts;
  await sessions.update();
  if (sessions.problem) {
    return tell(sessions.problem, trans);
  }
  try {
    const token = await bridge.ask('service_account', {});
    const known = sessions.status?.sessions ?? [];
    insertCell(notebooks, bestCell(known, issuer, token.usable), trans);
  } catch (error) {
    tell(toProblem(error, trans), trans);
  } finally {
    bridge.release();
  }
}

/**
 * Write a code cell below the active one of the notebook that is open. It is
 * not run: that is for its reader to decide.
 *
 * @param notebooks - The notebooks; `null` where the application has none.
 * @param source - The cell's code.
 * @param trans - The language.
 */
export function insertCell(
  notebooks: INotebookTracker | null,
  source: string,
  trans: TranslationBundle
): void {
  const notebook = notebooks?.currentWidget?.content;
  if (!notebook?.model) {
    Notification.info(
      trans.__('Open a notebook first: the cell is written into it.'),
      { autoClose: 5000 }
    );
    return;
  }
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source,
    metadata: { trusted: true }
  });
  notebook.activeCellIndex = index;
  notebook.activate();
  void notebook.scrollToItem(index);
}
