import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jupyterlab/galata';

import { dialogOf, openDialog, openLab, opener, test } from '../bench';

// A platform that takes passwords, and whose client may log in on other devices.
test.use({
  benchArguments: ['--device', '--lab-environment=DEPLOYKF_AUTH_TYPES=local']
});

test('a login with a password, which stays nowhere', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  await openLab(page, bench);
  await openDialog(page);
  const dialog = dialogOf(page);
  await dialog.getByLabel('Username or e-mail address').fill(user.email);
  const password = dialog.getByLabel('Password', { exact: true });
  await password.fill('wrong');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expect(password).toBeFocused();
  await expect(password).toHaveValue('');
  const found = await new AxeBuilder({ page })
    .include('.jp-deploykf-LoginDialog')
    .analyze();
  expect(found.violations).toEqual([]);
  await page.screenshot({ path: '.build/browser-tests/password.png' });
  await password.fill(user.password);
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText(`Signed in as ${user.email} until`);
  await expect(page.locator('input[type=password]')).toHaveCount(0);
});

test('a login on another device', async ({ page, bench }) => {
  const [user] = bench.users;
  await openLab(page, bench);
  await openDialog(page);
  const dialog = dialogOf(page);
  await opener(page).waitFor();
  await dialog.getByText('Log in on another device').click();
  await dialog.getByRole('button', { name: 'Get a code' }).click();
  const code = dialog.locator('.jp-deploykf-UserCode');
  await expect(code).toHaveText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  await expect(dialog.locator('svg.jp-deploykf-QR')).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/device.png' });

  // Another device is another browser: it shares nothing with this one.
  const browser = page.context().browser()!;
  const device = await (await browser.newContext()).newPage();
  await device.goto(`${bench.issuer}/device`);
  await device.locator('input[name=user_code]').fill(await code.innerText());
  await device.locator('button[type=submit]').click();
  await device.getByText('Log in with Email').click();
  await device.locator('input[name=login]').fill(user.email);
  await device.locator('input[name=password]').fill(user.password);
  await device.locator('button[type=submit]').click();
  await expect(dialog).toContainText(`Signed in as ${user.email} until`);
  await expect(dialog).not.toContainText('outside of this dialog');
  await device.context().close();
});
