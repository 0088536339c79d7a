import { Dialog, showDialog } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Panel } from '@lumino/widgets';

import { toProblem } from '../bridge/problem';
import { namespaceOf } from '../model/address';
import { clientCell } from '../model/cell';
import { saveCluster } from '../model/clusters';
import { findSession } from '../model/issuers';
import { PanelModel } from '../model/panel';
import { IBridge, ISessions } from '../tokens';
import { PanelWidget } from '../ui/panel/PanelWidget';
import { IPanelActions } from '../ui/panel/PanelView';
import { CommandIDs } from './commands';
import { insertCell } from './insertCell';
import { tell } from './sessionActions';

interface IParts {
  /** Of the Jupyter server. */
  readonly baseUrl: string;
  readonly bridge: IBridge;
  readonly commands: CommandRegistry;
  readonly notebooks: INotebookTracker | null;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
}

/**
 * Fill the panel. Loaded when it is shown for the first time.
 *
 * @param panel - The empty panel; what is put into it goes with it.
 * @param parts - The way to the cache, what is known, and the language.
 */
export function fillPanel(panel: Panel, parts: IParts): void {
  // Disposed with the panel.
  const model = new PanelModel(parts);
  const widget = new PanelWidget(
    model,
    makeActions(parts, model),
    namespaceOf(new URL(parts.baseUrl, location.href).pathname)
  );
  panel.disposed.connect(() => model.dispose());
  panel.addWidget(widget);
  void model.open();
}

function makeActions(parts: IParts, model: PanelModel): IPanelActions {
  const { bridge, commands, notebooks, sessions, trans } = parts;
  return {
    login: (issuer, again) =>
      void commands.execute(CommandIDs.login, {
        ...(issuer === null ? {} : { issuer }),
        again
      }),
    refresh: async (issuer, signal) => {
      await bridge.ask('refresh', { issuer }, signal);
    },
    logout: issuer => void commands.execute(CommandIDs.logout, { issuer }),
    check: (issuer, signal) => bridge.ask('doctor', { issuer }, signal),
    saveCluster: async (entry, replaces, signal) => {
      await saveCluster(bridge, entry, replaces, trans, signal);
      await sessions.update();
    },
    remove: issuer => void remove(parts, issuer),
    insertCell: issuer => {
      const known = (sessions.status?.sessions ?? []).map(s => s.cluster);
      const cluster = known.find(c => c.issuer === issuer) ?? null;
      const hasToken = model.serviceAccount?.usable ?? false;
      insertCell(notebooks, clientCell(cluster, known, hasToken), trans);
    },
    reload: () => void model.reload(),
    explain: error => toProblem(error, trans)
  };
}

/** Take a cluster out of the user's list, if that is meant. */
async function remove(parts: IParts, issuer: string): Promise<void> {
  const { bridge, sessions, trans } = parts;
  const session = findSession(sessions.status?.sessions ?? [], issuer);
  const { button } = await showDialog({
    title: trans.__('Remove this cluster from your list?'),
    body: trans.__(
      '%1 is taken out of your list, and its session on this machine, if there is one, is forgotten. You can add it again at any time.',
      session?.cluster.name ?? issuer
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Remove') })
    ]
  });
  if (!button.accept) {
    return;
  }
  try {
    await bridge.ask('remove_cluster', { issuer });
    if (session && session.state !== 'signed_out') {
      await bridge.ask('logout', { issuer });
    }
    await sessions.update();
  } catch (error) {
    tell(toProblem(error, trans), trans);
  }
}
