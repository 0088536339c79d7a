import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

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
