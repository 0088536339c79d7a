import { expect } from '@jupyterlab/galata';

import {
  dialogOf,
  execute,
  glance,
  logInByOneClick,
  logOut,
  openLab,
  openPanel,
  test
} from '../bench';

// Below a file there can be no folder, not even for root.
test.use({
  labArguments: [
    '--LabApp.user_settings_dir=/dev/null/settings',
    '--LabApp.workspaces_dir=/dev/null/workspaces'
  ]
});

test('settings that can’t be written: all of ours works, and nothing of ours complains', async ({
  page,
  bench
}) => {
  const [user] = bench.users;
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' && /deploykf/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', error => complaints.push(String(error)));
  await openLab(page, bench, 'lab');
  const settings = `${bench.origin}${bench.notebook_path}lab/api/settings/`;
  const written = await page.evaluate(async url => {
    const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
    const body = JSON.stringify({ raw: '{}' });
    const headers = { 'X-XSRFToken': xsrf };
    return (await fetch(url, { method: 'PUT', body, headers })).status;
  }, `${settings}jupyterlab-deploykf:plugin`);
  expect(written).toBe(500);

  const panel = await openPanel(page);
  await panel.getByRole('button', { name: /^Log in/ }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();
  await panel.getByRole('button', { name: /^Check/ }).click();
  await expect(panel).toContainText('Name resolution');
  await panel.getByRole('button', { name: 'Add a cluster…' }).click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await execute(page, 'deploykf:show-panel');
  await logOut(page);
  await expect(glance(page, 'signed out')).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/read-only.png' });
  // It said that it worked, and nothing else.
  await expect(
    page.locator('.Toastify__toast', { hasText: /deployKF|Logged out/ })
  ).toHaveText([/Logged out/]);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(complaints).toEqual([]);
});
