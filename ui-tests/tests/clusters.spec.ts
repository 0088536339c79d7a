import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  IBench,
  openDialog,
  openLab,
  openPanel,
  panelOf,
  test,
  waitForLauncher
} from '../bench';

// A platform with a CA of its own, and a notebook that was not told of it.
test.use({
  benchArguments: ['--https', '--lab-environment=DEPLOYKF_ISSUER_URL='],
  ignoreHTTPSErrors: true
});

const OTHER = { issuer: 'https://other.example.com/dex', name: 'Other' };

function ownFile(bench: IBench): string {
  return path.join(bench.home, '.config/kfp/deploykf.json');
}

/** The user's own list, as kernels and terminals find it. */
function ownList(bench: IBench): unknown {
  return JSON.parse(fs.readFileSync(ownFile(bench), 'utf8')).clusters;
}

function writeList(bench: IBench, content: string): void {
  fs.mkdirSync(path.dirname(ownFile(bench)), { recursive: true });
  fs.writeFileSync(ownFile(bench), content);
}

test('a cluster is added once its issuer has answered, edited and removed', async ({
  page,
  bench
}) => {
  const caFile = bench.ca_file ?? '';
  await openLab(page, bench);
  await waitForLauncher(page);
  const panel = await openPanel(page);
  await expect(panel).toContainText('No cluster is known yet');
  await panel.getByRole('button', { name: 'Add a cluster…' }).click();
  const form = panel.getByRole('form');
  const field = (name: string) => form.getByRole('textbox', { name });
  const alert = form.getByRole('alert');
  const save = form.getByRole('button', { name: 'Verify and save' });

  // An address that is no issuer's, and a certificate that nobody knows: each at its field.
  await expect(field('Issuer URL')).toBeFocused();
  await field('Issuer URL').fill(`${bench.origin}/nowhere`);
  await field('CA file').fill(caFile);
  await save.click();
  await expect(alert).toContainText('/nowhere');
  await expect(field('Issuer URL')).toBeFocused();
  await field('Issuer URL').fill(bench.issuer);
  await field('CA file').fill('');
  await page.keyboard.press('Enter');
  await expect(alert).toContainText("can't be trusted");
  await expect(field('CA file')).toBeFocused();
  await expect(field('CA file')).toHaveAccessibleDescription(
    /can't be trusted/
  );
  await expect(field('Issuer URL')).toHaveAttribute('aria-invalid', 'false');
  expect(fs.existsSync(ownFile(bench))).toBe(false);
  await page.screenshot({ path: '.build/browser-tests/panel-form.png' });
  const found = await new AxeBuilder({ page })
    .include('#jp-deploykf-panel')
    .analyze();
  expect(found.violations).toEqual([]);

  // Added.
  await field('CA file').fill(caFile);
  await field('Name').fill('Mine');
  await form.getByRole('checkbox', { name: 'Local' }).check();
  await save.click();
  const card = panel.getByRole('region', { name: 'Mine' });
  await expect(card).toContainText(`certificate verified by ${caFile}`);
  await expect(
    panel.getByRole('button', { name: 'Add a cluster…' })
  ).toBeFocused();
  const entry = {
    name: 'Mine',
    issuer: bench.issuer,
    ca_file: caFile,
    auth_types: ['local']
  };
  expect(ownList(bench)).toEqual([entry]);

  // Edited in its place, while a terminal has added another one.
  writeList(bench, JSON.stringify({ clusters: [entry, OTHER] }));
  await card.getByRole('button', { name: 'Edit' }).click();
  await expect(card).toBeHidden();
  await field('CA file').fill('/nowhere/ca.pem');
  await save.click();
  await expect(alert).toContainText('/nowhere/ca.pem');
  await expect(field('CA file')).toBeFocused();
  expect(ownList(bench)).toEqual([entry, OTHER]);
  await field('CA file').fill(caFile);
  await field('Name').fill('Renamed');
  await page.keyboard.press('Enter');
  const renamed = panel.getByRole('region', { name: 'Renamed' });
  await expect(renamed.getByRole('button', { name: 'Edit' })).toBeFocused();
  expect(ownList(bench)).toEqual([{ ...entry, name: 'Renamed' }, OTHER]);
  await expect(panel.getByRole('heading', { level: 3 }).nth(0)).toHaveText(
    'Renamed'
  );

  // Its login takes the password that was ticked.
  await renamed.getByRole('button', { name: 'Log in' }).click();
  await expect(
    dialogOf(page).getByLabel('Password', { exact: true })
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();

  // Removed, if that is meant.
  await renamed.getByRole('button', { name: 'Remove' }).click();
  const question = page.getByRole('dialog', { name: /Remove this cluster/ });
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect(ownList(bench)).toEqual([{ ...entry, name: 'Renamed' }, OTHER]);
  await renamed.getByRole('button', { name: 'Remove' }).click();
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect(renamed).toBeHidden();
  await expect(panel.getByRole('region', { name: 'Other' })).toBeVisible();
  expect(ownList(bench)).toEqual([OTHER]);
});

test('a list of clusters that is broken is no empty one', async ({
  page,
  bench
}) => {
  writeList(bench, '{');
  await openLab(page, bench);
  await openDialog(page);
  const dialog = dialogOf(page);
  await expect(dialog.getByRole('alert')).toContainText(
    /deploykf\.json can't be used: it is not JSON\. Mend the file/
  );
  await expect(
    dialog.getByRole('textbox', { name: 'Issuer URL' })
  ).toBeVisible();
  await page.keyboard.press('Escape');
  const panel = await openPanel(page);
  await expect(panel.getByRole('alert')).toContainText('it is not JSON');
  await expect(panel).not.toContainText('No cluster is known yet');
  await page.screenshot({ path: '.build/browser-tests/broken-list.png' });

  writeList(bench, JSON.stringify({ clusters: [OTHER] }));
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(
    panelOf(page).getByRole('region', { name: 'Other' })
  ).toBeVisible();
  await expect(panel.getByRole('alert')).toBeHidden();
});
