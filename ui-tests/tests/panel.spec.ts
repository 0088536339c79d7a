import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  getCode,
  openLab,
  openPanel,
  panelOf,
  paste,
  test
} from '../bench';

const DEMO = path.resolve(__dirname, '../../testbench/notebooks/demo.ipynb');

test('the panel: from no cluster to a session that was checked', async ({
  page,
  bench
}) => {
  fs.copyFileSync(DEMO, path.join(bench.home, 'work/demo.ipynb'));
  await openLab(page, bench, 'lab/tree/demo.ipynb?reset');
  const panel = await openPanel(page);
  const card = panel.getByRole('region', { name: new URL(bench.issuer).host });

  // The card, and a login from it.
  await expect(card).toContainText('Signed out');
  await card.getByRole('button', { name: 'Log in' }).click();
  await paste(page, await getCode(page, bench.users[0]));
  await expect(dialogOf(page)).toContainText('Signed in as user1@example.com');
  await page.keyboard.press('Escape');
  const glance = page.getByRole('button', {
    name: 'deployKF: signed in as user1@example.com'
  });
  await expect(glance).toBeVisible();
  await expect(card).toContainText('user1@example.com');
  await expect(card).toContainText(/ left, until /);
  await expect(card).toContainText('by this Jupyter server');

  // Refresh, by a click and without a dialog.
  await card.getByRole('button', { name: 'Refresh' }).click();
  await expect(card.getByText('Asking the issuer…')).toBeHidden();
  await expect(card.getByRole('alert')).toHaveCount(0);

  // The doctor's list, and its bundle.
  await card.getByRole('button', { name: 'Check' }).click();
  await card.locator('summary', { hasText: /^\d+ (other )?checks$/ }).click();
  await expect(card.getByRole('listitem')).toHaveCount(12);
  await expect(card).toContainText('Name resolution');
  await page.screenshot({ path: '.build/browser-tests/panel.png' });

  // A cell for it.
  await card.getByRole('button', { name: 'Insert kfp.Client cell' }).click();
  await expect(
    page.locator('.jp-Notebook .jp-Cell', { hasText: 'client = kfp_client(' })
  ).toHaveCount(2);

  // The ServiceAccount token: how to get one, with the page's own namespace.
  const token = panel.getByRole('region', { name: 'ServiceAccount token' });
  await token.getByText('There is no such checkbox').click();
  await expect(token.getByRole('region', { name: 'PodDefault' })).toContainText(
    'namespace: "team-1"'
  );
  await token.getByText('For a Pod of your own').click();
  await expect(
    token.getByRole('region', { name: 'Pod', exact: true })
  ).toContainText('serviceAccountName: default-editor');

  const found = await new AxeBuilder({ page })
    .include('#jp-deploykf-panel')
    .analyze();
  expect(found.violations).toEqual([]);
});

test('the panel warns of a session that belongs to someone else', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: /^Log in/ }).click();
  // The gateway knows the first user, and the second one logs in here.
  await paste(page, await getCode(page, bench.users[1]));
  await expect(dialogOf(page)).toContainText('Signed in as user2@example.com');
  await page.keyboard.press('Escape');
  await expect(panel).toContainText(
    'This session belongs to user2@example.com, but you are signed in to the platform as user1@example.com.'
  );
  await page.screenshot({ path: '.build/browser-tests/someone-else.png' });
});

test('a click at a glance opens the panel, in Notebook 7 too', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await page.getByRole('button', { name: 'deployKF: signed out' }).click();
  await expect(panelOf(page)).toContainText('Signed out');
  await page.goto(`${bench.origin}${bench.notebook_path}tree`);
  await page.getByRole('button', { name: 'deployKF: signed out' }).click();
  await expect(panelOf(page)).toContainText('Signed out');
  await page.screenshot({ path: '.build/browser-tests/panel-notebook.png' });
});
