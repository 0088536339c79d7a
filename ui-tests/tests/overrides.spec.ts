import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import {
  dialogOf,
  logIn,
  openDialog,
  openLab,
  opener,
  openPanel,
  statusIn,
  test
} from '../bench';

const settings = fs.mkdtempSync(path.join(os.tmpdir(), 'app-settings-'));

test.use({ labArguments: [`--LabApp.app_settings_dir=${settings}`] });

test.afterAll(() => fs.rmSync(settings, { recursive: true }));

test('an administrator’s overrides.json holds where a user has set nothing', async ({
  page,
  bench
}) => {
  fs.writeFileSync(
    path.join(settings, 'overrides.json'),
    JSON.stringify({
      'jupyterlab-deploykf:plugin': {
        ...{ handsFree: false, keepFresh: false, statusPlace: 'top' }
      }
    })
  );
  await openLab(page, bench);
  await expect(statusIn(page, '#jp-top-panel')).toBeVisible();
  await openDialog(page);
  await opener(page).waitFor();
  await expect(
    dialogOf(page).getByRole('textbox', { name: 'Code' })
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await logIn(page, bench);
  await expect(await openPanel(page)).toContainText(
    'by notebooks and terminals that use it'
  );
});
