import { dialogOf, openDialog, openLab, opener, test } from '../bench';
import { expectPicture, setTheme, Theme, THEMES } from '../pictures';

// A platform that takes passwords, and whose client may log in on other devices.
test.use({
  benchArguments: [
    '--device',
    '--lab-environment=DEPLOYKF_AUTH_TYPES=local,ldap'
  ]
});

for (const theme of Object.keys(THEMES) as Theme[]) {
  test(`every way to log in: ${theme}`, async ({ page, bench }) => {
    await openLab(page, bench);
    await setTheme(page, theme);
    await openDialog(page);
    await opener(page).waitFor();
    const dialog = dialogOf(page).locator('.jp-Dialog-content');
    await dialog.getByText('Log in on another device').click();
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await dialog.locator('svg.jp-deploykf-QR').waitFor();
    await expectPicture(dialog, 'login-ways', theme, bench);
  });
}
