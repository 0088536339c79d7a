import {
  Dialog,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { toProblem } from '../bridge/problem';
import { findSession } from '../model/issuers';
import { IBridge, IProblem, ISession, ISessions } from '../tokens';
import { formatMoment, nameOf } from '../ui/format';

/** Long enough to be read. */
const BRIEFLY = { autoClose: 5000 };

interface IParts {
  readonly bridge: IBridge;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
}

/**
 * Refresh a session now, and tell how it went.
 *
 * @param parts - The way to the cache, what is known, and the language.
 * @param issuer - Whose session; else it is asked for where there are several.
 */
export async function refresh(
  parts: IParts,
  issuer: string | null
): Promise<void> {
  const { bridge, trans } = parts;
  const session = await whichSession(parts, issuer);
  if (!session) {
    return;
  }
  try {
    const renewed = await bridge.ask('refresh', {
      issuer: session.cluster.issuer
    });
    const who = nameOf(renewed.identity, trans);
    const until = formatMoment(renewed.expires_at ?? 0, Date.now());
    praise(trans.__('Signed in as %1 until %2.', who, until));
  } catch (error) {
    tell(toProblem(error, trans), trans);
  }
}

/**
 * Forget a session on this machine, if the user means it.
 *
 * @param parts - The way to the cache, what is known, and the language.
 * @param issuer - Whose session; else it is asked for where there are several.
 */
export async function logout(
  parts: IParts,
  issuer: string | null
): Promise<void> {
  const { bridge, trans } = parts;
  const session = await whichSession(parts, issuer);
  if (!session || !(await isMeant(session, trans))) {
    return;
  }
  try {
    await bridge.ask('logout', { issuer: session.cluster.issuer });
    praise(trans.__('Logged out of %1 on this machine.', session.cluster.name));
  } catch (error) {
    tell(toProblem(error, trans), trans);
  }
}

async function isMeant(
  session: ISession,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Log out of deployKF?'),
    body: trans.__(
      'Notebooks and terminals on this server lose the session of %1 at %2. The issuer is not told: there it ends by itself when it has not been used for a while.',
      nameOf(session.identity, trans),
      session.cluster.name
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Log Out') })
    ]
  });
  return button.accept;
}

/** The session that is meant; `null` where there is none, or the user gave up. */
async function whichSession(
  parts: IParts,
  issuer: string | null
): Promise<ISession | null> {
  const { sessions, trans } = parts;
  await sessions.update();
  if (sessions.problem) {
    tell(sessions.problem, trans);
    return null;
  }
  const open = (sessions.status?.sessions ?? []).filter(
    session => session.state !== 'signed_out'
  );
  if (issuer !== null || open.length < 2) {
    const only =
      issuer === null
        ? open[0]
        : findSession(sessions.status?.sessions ?? [], issuer);
    if (!only) {
      Notification.info(
        trans.__('You are not signed in to deployKF.'),
        BRIEFLY
      );
    }
    return only ?? null;
  }
  const names = open.map(
    ({ cluster }) => `${cluster.name} — ${cluster.issuer}`
  );
  const { value } = await InputDialog.getItem({
    title: trans.__('Which cluster?'),
    items: names
  });
  return open[names.indexOf(value ?? '')] ?? null;
}

function praise(text: string): void {
  Notification.success(text, BRIEFLY);
}

/**
 * Say what went wrong; what to do next is a click away, since JupyterLab cuts
 * notifications off.
 */
export function tell(problem: IProblem, trans: TranslationBundle): void {
  const { message, next_step } = problem;
  Notification.error(message, {
    autoClose: false,
    actions: [
      {
        label: trans.__('What to do'),
        callback: () =>
          void showDialog({
            title: trans.__('What to do'),
            body: `${message} ${next_step}`,
            buttons: [Dialog.okButton({ label: trans.__('Close') })]
          })
      }
    ]
  });
}
