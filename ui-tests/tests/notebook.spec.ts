import { expect } from '@jupyterlab/galata';

import {
  dialogOf,
  glance,
  logInByOneClick,
  logOut,
  noticeOf,
  openLab,
  panelOf,
  shortenSession,
  test
} from '../bench';

test('Notebook 7: the header, the panel with its buttons, and notices', async ({
  page,
  bench,
  cache
}) => {
  const [user] = bench.users;
  await openLab(page, bench, 'tree');
  await glance(page, 'signed out').click();
  const panel = panelOf(page);
  await expect(panel).toContainText('Signed out');
  await panel.getByRole('button', { name: /^Log in/ }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();
  await expect(panel).toContainText(/ left, until /);

  await panel.getByRole('button', { name: /^Check/ }).click();
  await expect(panel).toContainText('Name resolution');
  await page.screenshot({ path: '.build/browser-tests/notebook.png' });

  shortenSession(cache, bench.issuer);
  const notice = noticeOf(page, 'can’t be renewed');
  await notice.getByRole('button', { name: 'Log in' }).click();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');

  await logOut(page);
  await expect(glance(page, 'signed out')).toBeVisible();
  await expect(panel).toContainText('Signed out');
});
