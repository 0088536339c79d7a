import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';

import {
  logIn,
  logInElsewhere,
  noticeOf,
  openLab,
  opener,
  openPanel,
  test
} from '../bench';

interface IEntry {
  expires_at: number;
  refresh_token: string;
}

/** Change what the cache holds of a session, as another program would. */
function edit(cache: string, change: (all: Record<string, IEntry>) => void) {
  const all = JSON.parse(fs.readFileSync(cache, 'utf8'));
  change(all);
  fs.writeFileSync(cache, JSON.stringify(all));
}

const inMinutes = (minutes: number) => Date.now() / 1000 + minutes * 60;

test('a session that will end soon is told once, with the way to a new one', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench);
  await logIn(page, bench);
  // As an issuer without refresh tokens leaves it, five minutes before the end.
  edit(cache, all => {
    all[bench.issuer].refresh_token = '';
    all[bench.issuer].expires_at = inMinutes(5);
  });
  await page.reload();
  const notice = noticeOf(page, 'can’t be renewed');
  await expect(notice).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/notice.png' });
  await notice.getByRole('button', { name: 'Log in' }).click();
  await opener(page).waitFor();
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(
    page.getByRole('button', {
      name: 'deployKF: signed in as user1@example.com'
    })
  ).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test('a session that a login elsewhere has replaced is told, and taken back after a login', async ({
  page,
  bench
}) => {
  await openLab(page, bench);
  await logIn(page, bench);
  const panel = await openPanel(page);
  // Dex keeps one refresh token for each user and client.
  logInElsewhere(bench, bench.users[0]);
  await panel.getByRole('button', { name: /^Refresh/ }).click();
  const notice = noticeOf(page, 'replaced by a login elsewhere');
  await expect(notice).toBeVisible();
  await page.screenshot({ path: '.build/browser-tests/replaced.png' });
  // The token holds yet; nobody has to say that a new session is wanted.
  await logIn(page, bench);
  await expect(notice).toHaveCount(0);
});

test('a session that has ended is told by all of it: status, card and notice', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench);
  await logIn(page, bench);
  edit(cache, all => {
    all[bench.issuer].refresh_token = '';
    all[bench.issuer].expires_at = inMinutes(-1);
  });
  // No reload: the server has noticed, and tells the page.
  await expect(noticeOf(page, 'has ended')).toBeVisible();
  await page.getByRole('button', { name: 'deployKF: session ended' }).click();
  const card = page.getByRole('region', { name: new URL(bench.issuer).host });
  await expect(card).toContainText('Session ended');
  await card.getByRole('button', { name: /^Log in/ }).click();
  await opener(page).waitFor();
});

test('an issuer that is out of reach is told while the token holds', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench);
  await logIn(page, bench);
  // Nothing listens there; the token is due to be renewed.
  const port = await freePort();
  const down = `http://127.0.0.1:${port}/dex`;
  fs.writeFileSync(
    path.join(path.dirname(cache), 'deploykf.json'),
    JSON.stringify({ clusters: [{ issuer: down, name: 'Down' }] })
  );
  edit(cache, all => {
    all[down] = { ...all[bench.issuer], expires_at: inMinutes(6) };
  });
  const notice = noticeOf(page, 'could not be renewed; your token still holds');
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('region', { name: 'Down' })).toContainText(
    'Signed in'
  );
  await page.screenshot({ path: '.build/browser-tests/not-renewed.png' });
});

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
