import { Page } from '@playwright/test';

import {
  codeField,
  dialogOf,
  getCode,
  glance,
  openDialog,
  openLab,
  opener,
  openPanel,
  panelOf,
  paste,
  statusIn,
  test
} from '../bench';
import { expectPicture, setTheme, Theme, THEMES } from '../pictures';

// Tall enough for the panel with all of the doctor's lines.
test.use({ viewport: { width: 1280, height: 1800 } });

/** Drag the panel's edge, as people do who want to read. */
async function widen(page: Page): Promise<void> {
  const edge = page.locator('#jp-main-split-panel > .lm-SplitPanel-handle');
  const box = (await edge.first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 300, { steps: 5 });
  await page.mouse.up();
}

for (const theme of Object.keys(THEMES) as Theme[]) {
  test(`panel and dialog, state by state: ${theme}`, async ({
    page,
    bench
  }) => {
    const shot = (what: ReturnType<typeof dialogOf>, name: string) =>
      expectPicture(what, name, theme, bench);
    await openLab(page, bench);
    await setTheme(page, theme);
    const panel = await openPanel(page);
    const card = panel.getByRole('region').first();
    const dialog = dialogOf(page).locator('.jp-Dialog-content');
    await card.getByText('Signed out').waitFor();
    await shot(panel.locator('.jp-deploykf-Panel'), 'panel-signed-out');

    const token = panel.getByRole('region', { name: 'ServiceAccount token' });
    await token.getByText('There is no such checkbox').click();
    await shot(token, 'panel-service-account');

    await panel.getByRole('button', { name: 'Add a cluster…' }).click();
    const form = panel.getByRole('form', { name: 'Add a cluster' });
    await form
      .getByRole('textbox', { name: 'Issuer URL' })
      .fill(`${bench.origin}/nowhere`);
    await page.keyboard.press('Enter');
    await form.getByRole('alert').waitFor();
    await shot(form, 'panel-form');
    await form.getByRole('button', { name: 'Cancel' }).click();

    await openDialog(page);
    await opener(page).waitFor();
    await shot(dialog, 'login');
    await codeField(page);
    await paste(page, 'a'.repeat(25));
    await dialog.getByRole('alert').waitFor();
    await shot(dialog, 'login-wrong-code');
    await paste(page, await getCode(page, bench.users[0]));
    await dialog.getByText('Signed in as user1@example.com').waitFor();
    await shot(dialog, 'login-done');
    await page.keyboard.press('Escape');

    await card.getByText('user1@example.com').waitFor();
    await shot(panel.locator('.jp-deploykf-Panel'), 'panel-signed-in');
    await shot(statusIn(page, '#jp-main-statusbar'), 'status');
    await card.getByRole('button', { name: /^Check/ }).click();
    await card.getByText('Copy the report').waitFor();
    await card.getByText('12 checks').click();
    await widen(page);
    await shot(card, 'panel-checked');

    await card.getByRole('button', { name: /^Log in as someone else/ }).click();
    await opener(page).waitFor();
    await paste(page, await getCode(page, bench.users[1]));
    await dialog.getByText('Use the session of').waitFor();
    await shot(dialog, 'login-someone-else');
  });

  test(`Notebook 7, with the panel open: ${theme}`, async ({ page, bench }) => {
    await openLab(page, bench, 'tree');
    await setTheme(page, theme);
    await glance(page, 'signed out').click();
    await panelOf(page).getByText('Signed out').waitFor();
    await expectPicture(
      panelOf(page).locator('.jp-deploykf-Panel'),
      'notebook-panel',
      theme,
      bench
    );
    await expectPicture(
      page.locator('#top-panel-wrapper'),
      'notebook-top',
      theme,
      bench
    );
  });
}
