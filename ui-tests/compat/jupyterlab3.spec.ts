import { expect, Page } from '@playwright/test';
import * as fs from 'node:fs';
import * as path from 'node:path';

import { IBench, readCode, signIn, test } from '../bench';

const PYTHON = path.resolve(
  __dirname,
  '../../.build/venv/image-deploykf-0.1.5/bin/python'
);

test.use({
  benchArguments: [
    `--lab-python=${PYTHON}`,
    '--lab3',
    `--lab-config=${path.resolve(__dirname, 'jupyterlab3_config.py')}`
  ]
});

const CELL = `import warnings; warnings.simplefilter("ignore")
from jupyterlab_deploykf import kfp_client
client = kfp_client()
print("the cell goes on:", len(client.list_experiments().experiments))`;

function write(bench: IBench, name: string): void {
  const cell = { cell_type: 'code', execution_count: null, id: 'asks' };
  const kernelspec = {
    display_name: 'Python 3 (kfp 2)',
    language: 'python',
    name: 'kfp2'
  };
  const notebook = {
    cells: [{ ...cell, metadata: {}, outputs: [], source: CELL }],
    metadata: { kernelspec },
    nbformat: 4,
    nbformat_minor: 5
  };
  fs.writeFileSync(
    path.join(bench.home, 'work', name),
    JSON.stringify(notebook)
  );
}

/** JupyterLab 3's application, as far as the test looks into it. */
interface IApplication {
  version: string;
  listPlugins(): string[];
  commands: { listCommands(): string[]; execute(id: string): Promise<void> };
  shell: {
    currentWidget: {
      sessionContext?: { session?: { kernel?: { status?: string } } };
    } | null;
  };
}

type JupyterWindow = Window & { jupyterlab: IApplication };

/** Open JupyterLab as a user of the platform; what the browser says is kept. */
async function open(page: Page, bench: IBench, rest: string) {
  const said: string[] = [];
  page.on('console', message => said.push(message.text()));
  page.on('pageerror', error => said.push(String(error)));
  await page.goto(`${bench.origin}${bench.notebook_path}${rest}`);
  await signIn(page, bench.users[0]);
  await page.locator('#jp-main-dock-panel').waitFor();
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  return said;
}

test('JupyterLab 3 gets nothing of the front end', async ({
  browser,
  bench
}) => {
  const page = await browser.newPage();
  const said = await open(page, bench, 'lab?reset');
  await page.locator('.jp-LauncherCard').first().waitFor();
  const found = await page.evaluate(() => {
    const app = (window as unknown as JupyterWindow).jupyterlab;
    const isOurs = (name: string) => name.includes('deploykf');
    return {
      version: app.version,
      plugins: app.listPlugins().filter(isOurs),
      commands: app.commands.listCommands().filter(isOurs)
    };
  });
  expect(found).toEqual({ version: '3.6.6', plugins: [], commands: [] });
  // Neither a menu, a tab, a card nor a line of the status bar.
  await expect(page.getByText(/deploykf/i)).toHaveCount(0);
  expect(said.filter(line => /error|could not|deploykf/i.test(line))).toEqual(
    []
  );
  await page.close();
});

test('a cell logs in by link and field in JupyterLab 3', async ({
  browser,
  bench
}) => {
  write(bench, 'asks.ipynb');
  const page = await browser.newPage();
  const said = await open(page, bench, 'lab/tree/asks.ipynb?reset');
  await page.waitForFunction(
    () =>
      (window as unknown as JupyterWindow).jupyterlab.shell.currentWidget
        ?.sessionContext?.session?.kernel?.status === 'idle'
  );
  await page.evaluate(() => {
    const { commands } = (window as unknown as JupyterWindow).jupyterlab;
    void commands.execute('runmenu:run-all');
  });
  const notebook = page.locator('.jp-Notebook');
  const link = notebook.getByRole('link').first();
  await link.waitFor();
  expect(await link.getAttribute('href')).toContain(`${bench.issuer}/auth?`);
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    link.click()
  ]);
  await signIn(popup, bench.users[0]);
  const code = await readCode(popup);
  await popup.close();
  const field = notebook.locator('.jp-Stdin-input');
  await field.fill(code);
  await field.press('Enter');
  await expect(notebook).toContainText('the cell goes on: 3');
  await expect(notebook).not.toContainText('Javascript Error');
  expect(said.filter(line => /error|deploykf/i.test(line))).toEqual([]);
  // The server has the session too.
  const status = await page.request.get(
    `${bench.origin}${bench.notebook_path}jupyterlab-deploykf/status`
  );
  const { sessions } = (await status.json()) as {
    sessions: { state: string; identity: { email: string } }[];
  };
  expect(sessions.map(({ state }) => state)).toEqual(['signed_in']);
  await page.close();
});
