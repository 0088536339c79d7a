import { expect } from '@jupyterlab/galata';
import { Response } from '@playwright/test';

import {
  openDialog,
  openLab,
  opener,
  openPanel,
  panelOf,
  test
} from '../bench';

/** What the extension may cost everyone who opens JupyterLab, in bytes. */
const BUDGET = 30_000;

// A server of its own: what an earlier test did would be announced by now, and
// looked at.
test.use({ benchArguments: ['--notebook=team-1/start'] });

test('JupyterLab’s start loads little, and asks for the status once', async ({
  page,
  bench
}) => {
  const loaded: Promise<number>[] = [];
  const asked: string[] = [];
  page.on('response', (response: Response) => {
    const url = response.url();
    if (url.includes('/lab/extensions/jupyterlab-deploykf/static/')) {
      loaded.push(response.body().then(body => body.length));
    } else if (url.includes('/jupyterlab-deploykf/')) {
      asked.push(url);
    }
  });
  const total = async () =>
    (await Promise.all(loaded)).reduce((sum, bytes) => sum + bytes, 0);
  await openLab(page, bench);
  await page.waitForLoadState('networkidle');
  console.log(`${await total()} bytes at the start`);
  expect(await total()).toBeGreaterThan(0);
  expect(await total()).toBeLessThan(BUDGET);
  expect(asked.map(url => new URL(url).pathname)).toEqual([
    `${bench.notebook_path}jupyterlab-deploykf/status`
  ]);
  // The dialog, and what makes its link, are what is heavy.
  await openDialog(page);
  await opener(page).waitFor();
  expect(await total()).toBeGreaterThan(2 * BUDGET);
  expect(asked.length).toBeGreaterThan(1);
});

test('a panel that is restored asks for nothing twice', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  const saved = page.waitForResponse(
    response =>
      response.request().method() === 'PUT' &&
      response.url().includes('/api/workspaces/')
  );
  await openPanel(page);
  await saved;
  const asked: string[] = [];
  page.on('request', request => {
    const [, call] = request.url().split('/jupyterlab-deploykf/');
    if (call && !request.url().includes('/static/')) {
      asked.push(call);
    }
  });
  await page.goto(`${bench.origin}${bench.notebook_path}lab`);
  await panelOf(page).getByText('Signed out').waitFor();
  await page.waitForLoadState('networkidle');
  expect(asked.map(call => call.split('?')[0]).sort()).toEqual([
    'service-account',
    'status'
  ]);
});
