import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jupyterlab/galata';
import { Page } from '@playwright/test';

import {
  dialogOf,
  execute,
  openDialog,
  openLab,
  opener,
  openPanel,
  signIn,
  test,
  waitForLauncher
} from '../bench';

const THEMES = [
  'JupyterLab Light',
  'JupyterLab Dark',
  'JupyterLab Dark High Contrast'
];

/** Look at a part of the page in each of JupyterLab's themes. */
async function look(page: Page, part: string): Promise<void> {
  for (const theme of THEMES) {
    await execute(page, 'apputils:change-theme', { theme });
    const themed = page.locator(`body[data-jp-theme-name="${theme}"]`);
    await themed.waitFor({ state: 'attached' });
    const found = await new AxeBuilder({ page })
      .include(part)
      .options({ rules: { 'target-size': { enabled: true } } })
      .analyze();
    expect(found.violations, `${part} in ${theme}`).toEqual([]);
  }
  await execute(page, 'apputils:change-theme', { theme: THEMES[0] });
}

/** What Tab leads to, once around. */
async function roundTrip(page: Page): Promise<string[]> {
  const name = () =>
    page.evaluate(() => {
      const { ariaLabel, textContent } = document.activeElement!;
      return ariaLabel ?? textContent ?? '';
    });
  const first = await name();
  const names = [first];
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    if ((await name()) === first) {
      return names;
    }
    names.push(await name());
  }
  throw new Error(`Tab does not come back: ${names.join(', ')}`);
}

test('the dialog in every theme: before a login, after a wrong code, at the end', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await openDialog(page);
  await opener(page).waitFor();
  await look(page, '.jp-deploykf-LoginDialog');
  const dialog = dialogOf(page);
  await dialog.getByText('Paste the code yourself').click();
  await dialog.getByRole('textbox', { name: 'Code' }).fill('wrong');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor();
  await look(page, '.jp-deploykf-LoginDialog');
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    opener(page).click()
  ]);
  await signIn(popup, bench.users[0]);
  await expect(dialog).toContainText('Signed in as user1@example.com');
  await look(page, '.jp-deploykf-LoginDialog');
});

test('the panel in every theme: signed out, checked, and with its form', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: /^Check/ }).click();
  await expect(panel).toContainText('1 problem was found.');
  await panel.getByText(/^\d+ other checks$/).click();
  await panel.getByRole('button', { name: 'Add a cluster…' }).click();
  await panel.getByRole('form', { name: 'Add a cluster' }).waitFor();
  await look(page, '#jp-deploykf-panel');
});

test('Tab goes around the dialog, past what is folded away', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await openDialog(page);
  await expect(opener(page)).toBeFocused();
  const folded = await roundTrip(page);
  expect(folded).toContain('Paste the code yourself');
  expect(folded).toContain('Close');
  await dialogOf(page).getByText('Paste the code yourself').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const field = dialogOf(page).getByRole('textbox', { name: 'Code' });
  await expect(field).toBeFocused();

  // A wrong code is mended where it stands.
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await expect(dialogOf(page).getByRole('alert')).toBeVisible();
  await page.keyboard.type('other');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('other');
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
});

test('a command leads the keyboard into the panel', async ({ page, bench }) => {
  await openLab(page, bench);
  await waitForLauncher(page);
  await page.getByRole('button', { name: 'deployKF: signed out' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#jp-deploykf-panel')).toBeFocused();
});
