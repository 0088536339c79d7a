import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';

import {
  dialogOf,
  getCode,
  openDialog,
  openLab,
  opener,
  paste,
  test
} from '../bench';

test('a session that will end soon is told once, with the way to a new one', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench);
  await openDialog(page);
  await paste(page, await getCode(page, bench.users[0]));
  await expect(dialogOf(page)).toContainText('Signed in as user1@example.com');
  await page.keyboard.press('Escape');

  // As an issuer without refresh tokens leaves it, five minutes before the end.
  const all = JSON.parse(fs.readFileSync(cache, 'utf8'));
  const entry = all[bench.issuer];
  entry.refresh_token = '';
  entry.expires_at = Date.now() / 1000 + 300;
  fs.writeFileSync(cache, JSON.stringify(all));
  await page.reload();
  const notice = page.locator('.Toastify__toast', {
    hasText: 'will end soon'
  });
  await expect(notice).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/notice.png' });
  await notice.getByRole('button', { name: 'Log in' }).click();
  await opener(page).waitFor();
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(
    page.getByRole('button', { name: 'deployKF: user1@example.com' })
  ).toBeVisible();
  await expect(notice).toHaveCount(0);
});
