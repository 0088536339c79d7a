import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  glance,
  logInByOneClick,
  openDialog,
  openLab,
  openPanel,
  test
} from '../bench';

test.use({
  benchArguments: [
    `--lab-config=${path.resolve(__dirname, '../administrator_config.py')}`
  ]
});

test('an administrator’s cluster is used as it is, and no other', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  await openLab(page, bench);
  const panel = await openPanel(page);
  const card = panel.getByRole('region', { name: 'Platform' });
  await expect(card).toContainText('Configured by your administrator.');
  await expect(card).toContainText(bench.api_url);
  for (const name of [/^Edit/, /^Remove/]) {
    await expect(panel.getByRole('button', { name })).toHaveCount(0);
  }

  // Another issuer is refused in the form, which keeps what was typed.
  const other = 'https://deploykf.example.com/dex';
  const refusal = `does not allow the issuer ${other}`;
  await panel.getByRole('button', { name: 'Add a cluster…' }).click();
  const form = panel.getByRole('form', { name: 'Add a cluster' });
  const field = form.getByRole('textbox', { name: 'Issuer URL' });
  await field.fill(other);
  await form.getByRole('button', { name: 'Verify and save' }).click();
  await expect(form.getByRole('alert')).toContainText(refusal);
  await expect(form.getByRole('alert')).toContainText(
    `Use one of these, or ask the administrator: ${bench.issuer}.`
  );
  await expect(field).toHaveValue(other);
  await page.screenshot({ path: '.build/browser-tests/administrator.png' });
  await form.getByRole('button', { name: 'Cancel' }).click();
  const own = path.join(bench.home, '.config/kfp/deploykf.json');
  expect(fs.existsSync(own)).toBe(false);

  // And in the dialog.
  await openDialog(page);
  const dialog = dialogOf(page);
  await dialog.getByRole('button', { name: 'Another cluster…' }).click();
  await dialog.getByRole('textbox', { name: 'Issuer URL' }).fill(other);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText(refusal);
  await page.keyboard.press('Escape');

  await card.getByRole('button', { name: /^Log in/ }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();
  await expect(card).toContainText(user.email);
  expect(fs.existsSync(own)).toBe(false);
});
