import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  execute,
  logIn,
  openDialog,
  openLab,
  opener,
  openPanel,
  statusIn,
  test
} from '../bench';

const IN_STATUS_BAR = '#jp-main-statusbar';
const AT_THE_TOP = '#jp-top-panel';

test('the settings editor says what can be set, and what is set counts at once', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await expect(statusIn(page, IN_STATUS_BAR)).toBeVisible();
  await execute(page, 'settingeditor:open', { query: 'deployKF' });
  const editor = page.locator('.jp-SettingsForm');
  await page
    .locator('.jp-PluginList')
    .getByRole('tab', { name: 'deployKF' })
    .click();
  for (const title of [
    'Keep sessions fresh',
    'Hands-free login',
    'Notices',
    'Notice before a session ends (hours)',
    'Notice before a token expires (minutes)',
    'Place of the status'
  ]) {
    await expect(editor.getByText(title, { exact: true })).toBeVisible();
  }
  await page.screenshot({ path: '.build/browser-tests/settings.png' });

  await editor
    .getByRole('combobox')
    .last()
    .selectOption({ label: 'At the top' });
  await expect(statusIn(page, AT_THE_TOP)).toBeVisible();
  await expect(statusIn(page, IN_STATUS_BAR)).toHaveCount(0);
  await editor.getByRole('combobox').last().selectOption({ label: 'Nowhere' });
  await expect(statusIn(page, 'body')).toHaveCount(0);

  await editor.getByLabel('Hands-free login').uncheck();
  // The editor saves a moment later.
  const saved = path.join(
    bench.home,
    '.jupyter/lab/user-settings/jupyterlab-deploykf/plugin.jupyterlab-settings'
  );
  await expect
    .poll(() => fs.readFileSync(saved, 'utf8'))
    .toContain('"handsFree": false');
  await openDialog(page);
  await opener(page).waitFor();
  await expect(
    dialogOf(page).getByRole('textbox', { name: 'Code' })
  ).toBeVisible();
  await page.keyboard.press('Escape');

  // The server reads the settings itself, and tells the panel.
  await logIn(page, bench);
  const panel = await openPanel(page);
  await expect(panel).toContainText('by this Jupyter server');
  await editor.getByLabel('Keep sessions fresh').uncheck();
  await expect(panel).toContainText('by notebooks and terminals that use it');
});
