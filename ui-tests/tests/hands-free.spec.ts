import { expect } from '@jupyterlab/galata';
import { Page } from '@playwright/test';

import {
  dialogOf,
  execute,
  IBench,
  openDialog,
  openLab,
  openPopup,
  paste,
  readCode,
  signIn,
  test
} from '../bench';

async function logInByOneClick(page: Page, bench: IBench): Promise<void> {
  const dialog = dialogOf(page);
  const popup = await openPopup(page);
  await expect(dialog).toContainText('Waiting for you to sign in.');
  await page.screenshot({ path: '.build/browser-tests/hands-free.png' });
  const closed = popup.waitForEvent('close');
  await signIn(popup, bench.users[0]);
  await closed;
  await expect(dialog).toContainText('Signed in as user1@example.com until');
}

test('on one origin a login is one click, and the page closes itself', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await openDialog(page);
  await logInByOneClick(page, bench);
});

test('the same in Notebook 7', async ({ page, bench }) => {
  await openLab(page, bench, 'tree');
  await execute(page, 'deploykf:login');
  await logInByOneClick(page, bench);
});

test('a page that the browser keeps apart: the dialog asks for the code', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await page.context().route(`${bench.issuer}/**`, async route => {
    const response = await route.fetch({ maxRedirects: 0 });
    const headers = {
      ...response.headers(),
      'cross-origin-opener-policy': 'same-origin'
    };
    await route.fulfill({ response, headers });
  });
  await openDialog(page);
  const popup = await openPopup(page);
  const dialog = dialogOf(page);
  await expect(dialog).toContainText('or your browser keeps it apart');
  await signIn(popup, bench.users[0]);
  const code = await readCode(popup);
  await page.screenshot({ path: '.build/browser-tests/severed.png' });
  await paste(page, code);
  await expect(dialog).toContainText('Signed in as user1@example.com until');
});

test('a page that was closed can be opened again', async ({ page, bench }) => {
  await openLab(page, bench);
  await openDialog(page);
  const popup = await openPopup(page);
  await popup.getByText('Log in with Email').waitFor();
  await popup.close();
  await expect(dialogOf(page)).toContainText('The window was closed');
  await logInByOneClick(page, bench);
});

test('no configuration: the page’s own address stands for the issuer', async ({
  page,
  bench
}) => {
  // As on a server where no cluster is configured, until the first login.
  await page.route('**/jupyterlab-deploykf/status*', async route => {
    const response = await route.fetch();
    const status = (await response.json()) as { sessions: { state: string }[] };
    const sessions = status.sessions.filter(s => s.state !== 'signed_out');
    await route.fulfill({ json: { ...status, sessions } });
  });
  await openLab(page, bench);
  await openDialog(page);
  await expect(dialogOf(page)).toContainText(bench.issuer);
  await logInByOneClick(page, bench);
});
