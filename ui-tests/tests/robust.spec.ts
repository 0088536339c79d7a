import { expect } from '@jupyterlab/galata';
import { Page } from '@playwright/test';

import {
  dialogOf,
  execute,
  getCode,
  glance,
  IBench,
  IUser,
  logInByOneClick,
  logOut,
  noticeOf,
  openDialog,
  openLab,
  openPanel,
  panelOf,
  paste,
  runInKernel,
  shortenSession,
  test,
  waitForApplication
} from '../bench';

/** Log in on the same machine, and past the Jupyter server. */
function logInPastTheServer(bench: IBench, user: IUser): void {
  runInKernel(
    bench,
    `
import sys
from jupyterlab_deploykf.dex_login import login_with_password
from jupyterlab_deploykf.wiring import make_sessions
login_with_password(make_sessions(), sys.argv[1], "${user.email}", "${user.password}", "local")
`
  );
}

/** JupyterLab's own word about a server that is gone. */
async function dismissConnectionErrors(page: Page): Promise<void> {
  const told = page
    .getByRole('dialog')
    .filter({ hasText: 'Server Connection Error' });
  await page.addLocatorHandler(told, () =>
    told.getByRole('button', { name: 'Close' }).click()
  );
}

test('the Jupyter server is started anew while a login is half-way', async ({
  page,
  bench
}) => {
  const [user, other] = bench.users;
  await openLab(page, bench);
  await dismissConnectionErrors(page);
  const panel = await openPanel(page);
  const dialog = dialogOf(page);
  await panel.getByRole('button', { name: /^Log in/ }).click();
  const code = await getCode(page, user);

  await bench.tellLab('stop');
  await paste(page, code);
  await expect(dialog.getByRole('alert')).toContainText(
    'The Jupyter server does not answer. Check that it is running'
  );
  await bench.tellLab('start');
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(dialog).toContainText(`Signed in as ${user.email}`);
  await page.keyboard.press('Escape');
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();

  // Events arrive again, once JupyterLab has subscribed to them anew: it tries
  // that at growing intervals, up to half a minute. What happens until then it
  // never hears of, hence the repetition.
  await expect(async () => {
    logInPastTheServer(bench, other);
    await expect(glance(page, `signed in as ${other.email}`)).toBeVisible({
      timeout: 7000
    });
  }).toPass({ timeout: 60_000 });
  await expect(panel).toContainText(other.email);
});

test('while the Jupyter server is gone, that is said, and «Try again» comes back', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  await openLab(page, bench);
  await dismissConnectionErrors(page);
  await bench.tellLab('stop');

  // Nothing of the dialog or of the panel was loaded before.
  await openDialogByCommand(page);
  const told = page
    .getByRole('dialog')
    .filter({ hasText: 'deployKF could not be loaded' });
  await expect(told).toContainText('Check that the Jupyter server is running');
  await told.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('tab', { name: 'deployKF', exact: true }).click();
  await told.getByRole('button', { name: 'Try again' }).click();
  await expect(told).toBeVisible();
  await bench.tellLab('start');
  await told.getByRole('button', { name: 'Try again' }).click();
  const panel = panelOf(page);
  await expect(panel).toContainText('Signed out');
  await openDialogByCommand(page);
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await execute(page, 'deploykf:refresh');
  await expect(
    page.locator('.Toastify__toast', { hasText: 'Signed in as' })
  ).toBeVisible();

  const tryAgain = panel.getByRole('button', { name: 'Try again' });

  // All of it was loaded before: the panel, with what it knew, and the way on.
  await bench.tellLab('stop');
  await execute(page, 'deploykf:refresh');
  const alert = panel.getByRole('alert');
  await expect(alert).toContainText(
    'The Jupyter server does not answer. Check that it is running'
  );
  await expect(panel).toContainText(user.email);
  await expect(glance(page, 'not known')).toBeVisible();
  await tryAgain.click();
  await expect(alert).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/gone.png' });
  await bench.tellLab('start');
  await tryAgain.click();
  await expect(alert).toBeHidden();
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();

  // And the dialog.
  await bench.tellLab('stop');
  await openDialogByCommand(page);
  const dialog = dialogOf(page);
  await expect(dialog.getByRole('alert')).toContainText(
    'The Jupyter server does not answer. Check that it is running'
  );
  await bench.tellLab('start');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog).toContainText(`Signed in as ${user.email}`);
});

test('two windows: both show a logout, and one alone shows a notice', async ({
  page,
  bench,
  context,
  cache
}) => {
  const [user] = bench.users;
  await openLab(page, bench);
  const other = await context.newPage();
  await other.goto(`${bench.origin}${bench.notebook_path}lab/workspaces/other`);
  await waitForApplication(other);
  await openPanel(other);
  await page.bringToFront();
  await openPanel(page);
  await openDialog(page);
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(glance(other, `signed in as ${user.email}`)).toBeVisible();

  shortenSession(cache, bench.issuer);
  // What can't be renewed is said in the panel, which both have then.
  for (const window of [page, other]) {
    await expect(panelOf(window)).toContainText('ends with the token');
  }
  const notices = () =>
    Promise.all(
      [page, other].map(window => noticeOf(window, 'can’t be renewed').count())
    );
  await expect.poll(async () => (await notices()).sort()).toEqual([0, 1]);

  await logOut(page);
  await expect(glance(other, 'signed out')).toBeVisible();
  await expect(panelOf(other)).toContainText('Signed out');
  // There is no session to speak of any more.
  await expect.poll(notices).toEqual([0, 0]);
});

test('an older server extension: the panel says so, and works', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  // As version 0.0.9 answered, which knew less.
  const age = (session: Record<string, unknown>) => {
    const { idle_until: _, cluster, ...rest } = session;
    const { auth_types: __, ...known } = cluster as Record<string, unknown>;
    return { ...rest, cluster: known };
  };
  await page.route('**/jupyterlab-deploykf/status*', async route => {
    const response = await route.fetch();
    const { gateway_user: _, ...status } = await response.json();
    const sessions = status.sessions.map(age);
    await route.fulfill({ json: { ...status, version: '0.0.9', sessions } });
  });
  await page.route('**/jupyterlab-deploykf/provider*', async route => {
    const response = await route.fetch();
    const { device: _, ...provider } = await response.json();
    await route.fulfill({ json: provider });
  });
  await openLab(page, bench);
  const panel = await openPanel(page);
  await expect(panel).toContainText(
    /has version [\d.]+ of the extension, and the Jupyter server 0\.0\.9\. Restart the server/
  );
  await panel.getByRole('button', { name: /^Log in/ }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(panel).toContainText('ends after 7 days without use');
  await expect(panel).toContainText('by this Jupyter server');
  await panel.getByRole('button', { name: /^Check/ }).click();
  await expect(panel).toContainText('Name resolution');
  await page.screenshot({ path: '.build/browser-tests/older.png' });
  await logOut(page);
  await expect(glance(page, 'signed out')).toBeVisible();
});

/** By its command: a menu would close when JupyterLab's own dialog comes. */
async function openDialogByCommand(page: Page): Promise<void> {
  await execute(page, 'deploykf:login');
}
