import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  getCode,
  glance,
  logInByOneClick,
  logOut,
  openDialog,
  openLab,
  opener,
  openPanel,
  paste,
  runInKernel,
  runningKernels,
  test
} from '../bench';

// As on a server that was not restarted after the installation.
test.use({
  labArguments: ['--ServerApp.jpserver_extensions=jupyterlab_deploykf=False']
});

const GET_TOKEN = `
import sys
from jupyterlab_deploykf import get_token
print(len(get_token(sys.argv[1])))
`;

test('a login by a kernel that nobody sees, and that is gone afterwards', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench);
  const api = `${bench.origin}${bench.notebook_path}jupyterlab-deploykf/status`;
  expect((await page.request.get(api)).status()).toBe(404);
  expect(await runningKernels(page, bench)).toEqual([]);
  await openDialog(page);
  const dialog = dialogOf(page);
  await expect(dialog).toContainText('Starting a kernel (Python 3 (ipykernel)');
  await expect(dialog).toContainText('runs in a kernel of its own');
  await opener(page).waitFor();
  expect(await runningKernels(page, bench)).toEqual(['python3']);

  // What the kernel says about a wrong code is beside the field.
  const code = await getCode(page, bench.users[0]);
  await paste(page, 'a'.repeat(25));
  await expect(dialog.getByRole('alert')).toContainText(
    'does not take this code'
  );
  await paste(page, code);
  await expect(dialog).toContainText('Signed in as user1@example.com until');
  await expect(dialog).toContainText('when a notebook or a terminal needs it');
  await page.screenshot({ path: '.build/browser-tests/by-kernel.png' });

  // The cache is as the server would have written it.
  expect(Object.keys(JSON.parse(fs.readFileSync(cache, 'utf8')))).toEqual([
    bench.issuer
  ]);
  expect(fs.statSync(cache).mode & 0o777).toBe(0o600);
  expect(Number(runInKernel(bench, GET_TOKEN))).toBeGreaterThan(100);

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect.poll(() => runningKernels(page, bench)).toEqual([]);
});

test('a page that is left takes its kernel along', async ({ page, bench }) => {
  await openLab(page, bench);
  await openDialog(page);
  await opener(page).waitFor();
  const other = await page.context().newPage();
  expect(await runningKernels(other, bench)).toEqual(['python3']);
  await page.close();
  await expect.poll(() => runningKernels(other, bench)).toEqual([]);
});

test('the panel says what is missing, and works by a kernel', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  await openLab(page, bench);
  await expect(glance(page, 'not known')).toBeVisible();
  const panel = await openPanel(page);
  await expect(panel.getByRole('alert')).toContainText(
    'The Jupyter server has not loaded the deployKF extension. Restart the Jupyter server.'
  );
  // Looking starts no kernel.
  expect(await runningKernels(page, bench)).toEqual([]);
  await panel.getByRole('button', { name: 'Use a kernel instead' }).click();
  await expect(panel).toContainText(
    'a kernel (Python 3 (ipykernel)) stands in'
  );
  await expect(glance(page, 'signed out')).toBeVisible();

  await panel.getByRole('button', { name: /^Log in/ }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(panel).toContainText('by notebooks and terminals that use it');
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/panel-kernel.png' });

  // The list of clusters is known by that way, too.
  await panel.getByRole('button', { name: 'Add a cluster…' }).click();
  const form = panel.getByRole('form', { name: 'Add a cluster' });
  await form.getByRole('textbox', { name: 'Issuer URL' }).fill(bench.issuer);
  await form.getByRole('button', { name: 'Verify and save' }).click();
  await expect(form.getByRole('alert')).toContainText(
    'This cluster is there already'
  );
  await form.getByRole('button', { name: 'Cancel' }).click();

  await logOut(page);
  await expect(panel).toContainText('Signed out');
  await expect(glance(page, 'signed out')).toBeVisible();
});
