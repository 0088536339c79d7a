import { expect } from '@jupyterlab/galata';
import { Page } from '@playwright/test';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  execute,
  getCode,
  IBench,
  logIn,
  openDialog,
  openLab,
  opener,
  paste,
  signIn,
  test
} from '../bench';

const CELL = `import warnings; warnings.simplefilter("ignore")
from jupyterlab_deploykf import kfp_client
client = kfp_client()
print("the cell goes on:", len(client.list_experiments().experiments))`;

/** A cell for someone who may list nothing there. */
const TOKEN_CELL = `from jupyterlab_deploykf import DeployKFCredentialsOutOfBand
import os
token = DeployKFCredentialsOutOfBand(os.environ["DEPLOYKF_ISSUER_URL"]).get_token()
print("the cell goes on:", len(token) > 0)`;

/** Write a notebook with a cell that asks into the user's folder. */
function write(
  bench: IBench,
  name: string,
  around: object[] = [],
  source = CELL
): string {
  const file = path.join(bench.home, 'work', name);
  const notebook = {
    cells: [
      ...around,
      {
        cell_type: 'code',
        execution_count: null,
        id: 'asks',
        metadata: {},
        outputs: [],
        source
      },
      ...around
    ],
    metadata: {
      kernelspec: {
        display_name: 'Python 3 (kfp 2)',
        language: 'python',
        name: 'kfp2'
      }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
  fs.writeFileSync(file, JSON.stringify(notebook));
  return file;
}

/** A notebook's widget, as far as the tests look into it. */
interface INotebookWidget {
  sessionContext?: { session?: { kernel?: { status?: string } | null } | null };
}

/** Open the notebook, and run its cell until it asks. */
async function runUntilItAsks(page: Page): Promise<void> {
  // Run before its kernel is there, a notebook asks which one is meant.
  await page.waitForFunction(
    () =>
      (
        window as unknown as {
          jupyterapp: { shell: { currentWidget: INotebookWidget | null } };
        }
      ).jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel
        ?.status === 'idle'
  );
  await execute(page, 'runmenu:run-all');
  await opener(page).waitFor();
}

/** The cell has gone on, and nothing is left behind. */
async function expectItGoesOn(page: Page): Promise<void> {
  await expect(page.locator('.jp-Notebook')).toContainText(
    'the cell goes on: 3',
    { timeout: 60_000 }
  );
  await expect(dialogOf(page)).toBeHidden();
  await expect(page.locator('.jp-Stdin-input')).toHaveCount(0);
  await expect(page.getByText('Log in…')).toBeHidden();
  await expect(page.locator('.jp-Notebook')).toContainText(
    'as user1@example.com until'
  );
}

test('a cell asks, the dialog answers, and the cell goes on', async ({
  page,
  bench,
  cache
}) => {
  const file = write(bench, 'asks.ipynb');
  await openLab(page, bench, 'lab/tree/asks.ipynb?reset');
  await runUntilItAsks(page);
  await page.screenshot({ path: '.build/browser-tests/asks.png' });

  // A wrong code first: the message is beside the field.
  const code = await getCode(page, bench.users[0]);
  await paste(page, 'a'.repeat(25));
  await expect(dialogOf(page).getByRole('alert')).toContainText(
    'does not take this code'
  );
  await paste(page, code);
  await expectItGoesOn(page);
  await page.screenshot({ path: '.build/browser-tests/goes-on.png' });

  // Neither the code nor a token is saved with the notebook.
  await execute(page, 'docmanager:save');
  await expect
    .poll(() => fs.readFileSync(file, 'utf8'))
    .toContain('the cell goes on');
  const saved = fs.readFileSync(file, 'utf8');
  const entry = JSON.parse(fs.readFileSync(cache, 'utf8'))[bench.issuer];
  for (const secret of [code, entry.id_token, entry.refresh_token]) {
    expect(saved).not.toContain(secret);
  }
});

test('a cell asks before someone else’s login counts, and goes on as who is meant', async ({
  page,
  bench,
  cache
}) => {
  await openLab(page, bench, 'lab?reset');
  await logIn(page, bench);
  // As an issuer without refresh tokens leaves it, after the end.
  const all = JSON.parse(fs.readFileSync(cache, 'utf8'));
  Object.assign(all[bench.issuer], { refresh_token: '', expires_at: 1 });
  fs.writeFileSync(cache, JSON.stringify(all));
  write(bench, 'other.ipynb', [], TOKEN_CELL);
  await page.goto(
    `${bench.origin}${bench.notebook_path}lab/tree/other.ipynb?reset`
  );
  await runUntilItAsks(page);

  // The code goes by itself, so it is the question that says who it is.
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    opener(page).click()
  ]);
  await signIn(popup, bench.users[1]);
  const dialog = dialogOf(page);
  const question = dialog.getByRole('group', {
    name: 'Use the session of user2@example.com from now on?'
  });
  await expect(question).toBeFocused();
  await expect(question).toContainText('was of user1@example.com');
  await expect(page.locator('.jp-Notebook')).toContainText(
    'asks whether to use the session of user2@example.com'
  );
  await page.screenshot({ path: '.build/browser-tests/asks-who.png' });
  expect(fs.readFileSync(cache, 'utf8')).toBe(JSON.stringify(all));

  await dialog.getByRole('button', { name: 'Use user2@example.com' }).click();
  await expect(dialog).toBeHidden();
  const notebook = page.locator('.jp-Notebook');
  await expect(notebook).toContainText('the cell goes on: True');
  await expect(notebook).toContainText('as user2@example.com until');
  await expect(page.locator('.jp-Stdin-input')).toHaveCount(0);
});

test('a cell asks and goes on in Notebook 7', async ({ page, bench }) => {
  write(bench, 'asks7.ipynb');
  await openLab(page, bench, 'notebooks/asks7.ipynb');
  await runUntilItAsks(page);
  await paste(page, await getCode(page, bench.users[0]));
  await expectItGoesOn(page);
});

test('the cell’s own field is there when the dialog is closed, and the dialog comes back', async ({
  page,
  bench
}) => {
  write(bench, 'closed.ipynb');
  await openLab(page, bench, 'lab/tree/closed.ipynb?reset');
  await runUntilItAsks(page);
  const code = await getCode(page, bench.users[0]);
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
  await page.getByRole('button', { name: 'Log in…' }).click();
  await opener(page).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.jp-Stdin-input').fill(code);
  await page.locator('.jp-Stdin-input').press('Enter');
  await expectItGoesOn(page);
});

test('the cell goes on when someone logs in elsewhere', async ({
  page,
  bench
}) => {
  write(bench, 'elsewhere.ipynb');
  await openLab(page, bench, 'lab/tree/elsewhere.ipynb?reset');
  await runUntilItAsks(page);
  // In another tab of the same Lab, with the ordinary dialog.
  const other = await page.context().newPage();
  await other.goto(`${bench.origin}${bench.notebook_path}lab/workspaces/other`);
  await other.getByRole('menuitem', { name: 'deployKF', exact: true }).click();
  await other.getByRole('menuitem', { name: 'Login to deployKF' }).click();
  await paste(other, await getCode(other, bench.users[0]));
  await expect(dialogOf(other)).toContainText('Signed in as user1@example.com');
  await other.close();
  await expectItGoesOn(page);
});

test('a closed dialog, then the ordinary one: the cell goes on', async ({
  page,
  bench
}) => {
  write(bench, 'menu.ipynb');
  await openLab(page, bench, 'lab/tree/menu.ipynb?reset');
  await runUntilItAsks(page);
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
  await openDialog(page);
  await expect(dialogOf(page)).not.toContainText('A cell waits');
  await paste(page, await getCode(page, bench.users[0]));
  await expect(dialogOf(page)).toContainText('Signed in as user1@example.com');
  await page.keyboard.press('Escape');
  await expectItGoesOn(page);
});

test('a cell that the notebook had not drawn yet asks and goes on', async ({
  page,
  bench
}) => {
  const folder = path.join(
    bench.home,
    '.jupyter/lab/user-settings/@jupyterlab/notebook-extension'
  );
  const settings = path.join(folder, 'tracker.jupyterlab-settings');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(settings, JSON.stringify({ windowingMode: 'full' }));
  try {
    const text = {
      cell_type: 'markdown',
      metadata: {},
      source: 'A paragraph.\n\nAnother one.\n\nAnd another one.'
    };
    write(bench, 'long.ipynb', Array(40).fill(text));
    await openLab(page, bench, 'lab/tree/long.ipynb?reset');
    // A notebook that JupyterLab opened before it knew of the setting draws all.
    await expect(async () => {
      await expect(page.locator('.jp-Notebook')).toContainText('A paragraph.');
      try {
        await expect(page.locator('.jp-CodeCell')).toHaveCount(0, {
          timeout: 3000
        });
      } catch (error) {
        await page.reload();
        throw error;
      }
    }).toPass();
    await runUntilItAsks(page);
    await paste(page, await getCode(page, bench.users[0]));
    await expect(dialogOf(page)).toBeHidden();
    await expectItGoesOn(page);
  } finally {
    fs.rmSync(settings);
  }
});

test('a console asks and goes on', async ({ page, bench }) => {
  await openLab(page, bench);
  await execute(page, 'console:create', { kernelPreference: { name: 'kfp2' } });
  // The kernel's greeting: what is typed before goes nowhere.
  await page.getByText("Type 'copyright'").waitFor({ timeout: 60_000 });
  const input = page.locator('.jp-CodeConsole-input .cm-content');
  await input.click();
  await page.keyboard.insertText(CELL);
  await page.keyboard.press('Shift+Enter');
  await opener(page).waitFor({ timeout: 60_000 });
  await paste(page, await getCode(page, bench.users[0]));
  const told = page.locator('.jp-CodeConsole-content');
  await expect(told).toContainText('the cell goes on: 3', { timeout: 60_000 });
  await expect(told).toContainText('as user1@example.com until');
  await expect(dialogOf(page)).toBeHidden();
  await expect(page.locator('.jp-Stdin-input')).toHaveCount(0);
});

test('an interrupted cell closes the dialog, and a saved question opens none', async ({
  page,
  bench
}) => {
  const file = write(bench, 'saved.ipynb');
  await openLab(page, bench, 'lab/tree/saved.ipynb?reset');
  await runUntilItAsks(page);
  await execute(page, 'docmanager:save');
  await expect
    .poll(() => fs.readFileSync(file, 'utf8'))
    .toContain('authorization_url');
  const asking = fs.readFileSync(file, 'utf8');
  await execute(page, 'notebook:interrupt-kernel');
  await expect(dialogOf(page)).toBeHidden();
  await expect(page.locator('.jp-Notebook')).toContainText('was cancelled');

  fs.writeFileSync(path.join(bench.home, 'work/again.ipynb'), asking);
  await page.goto(
    `${bench.origin}${bench.notebook_path}lab/tree/again.ipynb?reset`
  );
  await expect(page.locator('.jp-Notebook')).toContainText(
    'This cell needed a login'
  );
  await expect(dialogOf(page)).toBeHidden();
});
