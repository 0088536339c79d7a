import { expect } from '@jupyterlab/galata';

import {
  dialogOf,
  glance,
  logInByOneClick,
  logOut,
  openLab,
  opener,
  panelOf,
  test
} from '../bench';

const PATH = '/user/some%40name/';

// JupyterHub's address for a user, on a server where no cluster is configured.
test.use({
  benchArguments: [
    `--base-path=${PATH}`,
    '--lab-environment=DEPLOYKF_ISSUER_URL=',
    '--lab-environment=DEPLOYKF_API_URL='
  ]
});

test('behind JupyterHub: nothing is guessed, and all of it works', async ({
  page,
  bench
}) => {
  const asked: string[] = [];
  page.on('request', request => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('/jupyterlab-deploykf/')) {
      asked.push(pathname);
    }
  });
  const [user] = bench.users;
  await openLab(page, bench);
  await glance(page, 'signed out').click();
  const panel = panelOf(page);
  await expect(panel).toContainText('No cluster is known yet');
  await panel.getByText('There is no such checkbox').click();
  await expect(panel.getByRole('region', { name: 'PodDefault' })).toContainText(
    'namespace: "<YOUR_USER_PROFILE_NAMESPACE>"'
  );

  // The address stands for no issuer: nobody is asked for one.
  await panel.getByRole('button', { name: 'Log in' }).click();
  const dialog = dialogOf(page);
  const issuer = dialog.getByRole('textbox', { name: 'Issuer URL' });
  await expect(issuer).toHaveValue('');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  expect(asked.filter(path => path.endsWith('/provider'))).toEqual([]);

  await issuer.fill(bench.issuer);
  await page.keyboard.press('Enter');
  await expect(opener(page)).toBeFocused();
  await logInByOneClick(page, user);
  await page.keyboard.press('Escape');
  await expect(glance(page, `signed in as ${user.email}`)).toBeVisible();
  await expect(panel).toContainText(user.email);
  await page.screenshot({ path: '.build/browser-tests/hub.png' });
  await logOut(page);
  await expect(glance(page, 'signed out')).toBeVisible();
  await expect(panel).toContainText('Signed out');

  expect(asked).toContain(`${PATH}jupyterlab-deploykf/login`);
  for (const path of asked.filter(path => !path.includes('/static/'))) {
    expect(path.startsWith(`${PATH}jupyterlab-deploykf/`)).toBe(true);
  }
});
