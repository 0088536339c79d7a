import { test as galata } from '@jupyterlab/galata';
import { Page } from '@playwright/test';
import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';

const ROOT = path.resolve(__dirname, '..');

/** Someone who can sign in. */
export interface IUser {
  email: string;
  password: string;
}

/** The small deployKF of a worker, as `python -m testbench serve` tells of it. */
export interface IBench {
  origin: string;
  issuer: string;
  api_url: string;
  notebook_path: string;
  notebook_port: number;
  /** The authority of its certificates; `null` where it is on plain http. */
  ca_file: string | null;
  home: string;
  users: IUser[];
  /** Stop JupyterLab, or start it again where it was. */
  tellLab(verb: 'stop' | 'start'): Promise<void>;
}

const LAB =
  process.env.LAB_PYTHON ?? path.join(ROOT, '.build/venv/lab/bin/python');
const KERNEL = path.join(ROOT, '.build/venv/kfp2/bin/python');

function start(
  folder: string,
  labArguments: string[],
  benchArguments: string[]
): ChildProcess {
  const config = path.join(ROOT, 'ui-tests/jupyter_server_test_config.py');
  return spawn(
    LAB,
    [
      ...['-m', 'testbench', 'serve', '--lab', '--folder', folder],
      ...['--kernel-python', KERNEL, '--lab-config', config],
      ...benchArguments,
      ...labArguments.map(argument => `--lab-argument=${argument}`)
    ],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] }
  );
}

async function converse(child: ChildProcess): Promise<IBench> {
  const said = readline.createInterface({ input: child.stdout! });
  const lines = said[Symbol.asyncIterator]();
  const listen = async (): Promise<object> => {
    const { value, done } = await lines.next();
    if (done) {
      throw new Error('The test bench has ended.');
    }
    if (value.startsWith('{')) {
      return JSON.parse(value) as object;
    }
    console.log(value);
    return listen();
  };
  const addresses = (await listen()) as Omit<IBench, 'tellLab'>;
  const tellLab = async (verb: string) => {
    child.stdin!.write(`${verb} lab\n`);
    await listen();
  };
  return { ...addresses, tellLab };
}

interface ITestFixtures {
  /** Where the cache is. */
  cache: string;
  /** Each test begins signed out, and without clusters of its own. */
  freshSession: void;
}

interface IWorkerFixtures {
  bench: IBench;
  /** Further arguments for JupyterLab. */
  labArguments: string[];
  /** Further arguments for the test bench. */
  benchArguments: string[];
}

/** Galata's test, behind the gateway of a small deployKF. */
export const test = galata.extend<ITestFixtures, IWorkerFixtures>({
  labArguments: [[], { option: true, scope: 'worker' }],
  benchArguments: [[], { option: true, scope: 'worker' }],
  bench: [
    async ({ benchArguments, labArguments }, use) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-tests-'));
      const child = start(folder, labArguments, benchArguments);
      const ended = new Promise(resolve => child.once('exit', resolve));
      try {
        await use(await converse(child));
      } finally {
        child.kill('SIGTERM');
        await ended;
        fs.rmSync(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 300_000 }
  ],
  baseURL: async ({ bench }, use) => {
    await use(`${bench.origin}${bench.notebook_path}`);
  },
  cache: async ({ bench }, use) => {
    await use(path.join(bench.home, '.config/kfp/dkf_credentials.json'));
  },
  freshSession: [
    async ({ cache }, use) => {
      fs.rmSync(path.dirname(cache), { recursive: true, force: true });
      await use();
    },
    { auto: true }
  ],
  // On the real server and its files, with nothing in between.
  autoGoto: false,
  mockSettings: false,
  mockState: false,
  // Galata's own waits for the launcher, which is not there when a notebook is.
  waitForApplication: async ({}, use) => use(waitForApplication),
  kernels: async ({}, use) => use(null),
  sessions: async ({}, use) => use(null),
  terminals: async ({}, use) => use(null),
  tmpPath: async ({}, use) => use('')
});

/** Sign in on Dex's page, as a person does. */
export async function signIn(page: Page, user: IUser): Promise<void> {
  await page.getByText('Log in with Email').click();
  await page.locator('input[name=login]').fill(user.email);
  await page.locator('input[name=password]').fill(user.password);
  await page.locator('button[type=submit]').click();
}

/** Open JupyterLab as a user of the platform does: sign in to that first; no layout of an earlier test is restored. */
export async function openLab(
  page: Page,
  bench: IBench,
  rest = 'lab?reset'
): Promise<void> {
  // In a page of its own: Galata's waits for JupyterLab wherever it goes.
  const gate = await page.context().newPage();
  const guarded = `${bench.origin}${bench.notebook_path}static/logo/logo.png`;
  await gate.goto(guarded);
  await signIn(gate, bench.users[0]);
  await gate.waitForURL(guarded);
  await gate.close();
  await page.goto(`${bench.origin}${bench.notebook_path}${rest}`);
}

/** Wait until JupyterLab or Notebook can be used. */
export async function waitForApplication(page: Page): Promise<void> {
  await page.locator('.jp-LabShell, #main-panel').first().waitFor();
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/** JupyterLab ends its start by giving the focus to its launcher, whatever has it by then. */
export async function waitForLauncher(page: Page): Promise<void> {
  await page.locator('.jp-Launcher:focus').waitFor();
}

/** Execute one of JupyterLab's commands; what it waits for is not waited for. */
export async function execute(
  page: Page,
  command: string,
  args: object = {}
): Promise<void> {
  await page.evaluate(
    ([id, given]) => {
      const { commands } = (
        window as unknown as {
          jupyterapp: {
            commands: {
              execute(id: string, args: object): Promise<void>;
            };
          };
        }
      ).jupyterapp;
      void commands.execute(id, given);
    },
    [command, args] as const
  );
}

/** Open the dialog from its menu. */
export async function openDialog(page: Page): Promise<void> {
  await page.getByRole('menuitem', { name: 'deployKF', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Login to deployKF' }).click();
  await dialogOf(page).waitFor();
}

/** The dialog. */
export function dialogOf(page: Page) {
  return page.getByRole('dialog').filter({ hasText: 'Login to deployKF' });
}

/** Open the panel by its tab, as a person does. */
export async function openPanel(page: Page) {
  // Other places, such as the settings editor, have a tab of this name too.
  await page
    .locator('.jp-SideBar')
    .getByRole('tab', { name: 'deployKF', exact: true })
    .click();
  const panel = panelOf(page);
  await panel.getByRole('heading', { name: 'deployKF' }).waitFor();
  return panel;
}

/** The panel. */
export function panelOf(page: Page) {
  return page.locator('#jp-deploykf-panel');
}

/** The sessions at a glance; `says` is what stands behind «deployKF:». */
export function glance(page: Page, says: string) {
  return page.getByRole('button', { name: `deployKF: ${says}`, exact: true });
}

/** Log out by a button of the panel, and mean it. */
export async function logOut(page: Page): Promise<void> {
  await panelOf(page)
    .getByRole('button', { name: /^Log out/ })
    .click();
  await page
    .getByRole('dialog')
    .filter({ hasText: 'Log out of deployKF?' })
    .getByRole('button', { name: 'Log Out' })
    .click();
}

/** What opens the issuer's page. */
export function opener(page: Page) {
  return dialogOf(page).getByRole('link', { name: 'Open the sign-in page' });
}

/** Open the sign-in page by a click, in a window that the dialog follows. */
export async function openPopup(page: Page): Promise<Page> {
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    opener(page).click()
  ]);
  return popup;
}

/** Log in by the open dialog as people do on one origin: the window closes by itself. */
export async function logInByOneClick(page: Page, user: IUser): Promise<void> {
  const popup = await openPopup(page);
  const closed = popup.waitForEvent('close');
  await signIn(popup, user);
  await closed;
  await dialogOf(page).getByText(`Signed in as ${user.email}`).waitFor();
}

/** Open the issuer's page in a tab that is not followed, sign in there, and give the code. */
export async function getCode(page: Page, user: IUser): Promise<string> {
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    opener(page).click({ modifiers: ['Control'] })
  ]);
  await signIn(popup, user);
  const code = await readCode(popup);
  await popup.close();
  return code;
}

/** The code that the issuer's page shows after a login. */
export async function readCode(popup: Page): Promise<string> {
  await popup.getByText('Login Successful').waitFor();
  return popup.locator('input.theme-form-input').inputValue();
}

/** The code's field; a hands-free login has it folded away. */
export async function codeField(page: Page) {
  const dialog = dialogOf(page);
  const folded = dialog.locator('details:not([open]) > summary', {
    hasText: 'Paste the code yourself'
  });
  if (await folded.isVisible()) {
    await folded.click();
  }
  return dialog.getByRole('textbox', { name: 'Code' });
}

/** Paste into the code's field, as a person does. */
export async function paste(page: Page, text: string): Promise<void> {
  const field = await codeField(page);
  await field.evaluate((element, pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    element.dispatchEvent(
      new ClipboardEvent('paste', {
        clipboardData: data,
        bubbles: true,
        cancelable: true
      })
    );
  }, text);
}

/** A script with deployKF's own class, unmodified; empty where its guide is not there. */
export function guideScript(): string {
  const args = ['-m', 'tests.support.guide'];
  return execFileSync(LAB, args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** Run a script with kfp 2 in the user's home, where nobody can answer a prompt. */
export function runInKernel(bench: IBench, script: string): string {
  return execFileSync(
    KERNEL,
    ['-W', 'ignore', '-c', script, bench.issuer, bench.api_url],
    {
      encoding: 'utf8',
      env: { ...process.env, HOME: bench.home },
      stdio: ['ignore', 'pipe', 'pipe']
    }
  );
}

/** Log in by the command line, as on another machine: in a home of its own. */
export function logInElsewhere(bench: IBench, user: IUser): void {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'elsewhere-'));
  try {
    execFileSync(
      KERNEL,
      ['-m', 'jupyterlab_deploykf', 'login', '--username', user.email],
      {
        env: {
          ...process.env,
          HOME: home,
          DEPLOYKF_ISSUER_URL: bench.issuer,
          DEPLOYKF_PASSWORD: user.password
        },
        stdio: ['ignore', 'pipe', 'inherit']
      }
    );
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** Log in by the dialog, and close it. */
export async function logIn(
  page: Page,
  bench: IBench,
  user = bench.users[0]
): Promise<void> {
  await openDialog(page);
  await paste(page, await getCode(page, user));
  await dialogOf(page).getByText(`Signed in as ${user.email}`).waitFor();
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'hidden' });
}

/** The status at a glance, in a bar. */
export function statusIn(page: Page, bar: string) {
  return page.locator(bar).getByRole('button', { name: /^deployKF: / });
}

/** A notice of JupyterLab's. */
export function noticeOf(page: Page, text: string) {
  return page.locator('.Toastify__toast', { hasText: text });
}

/** Leave the session as an issuer without refresh tokens does five minutes before its end. */
export function shortenSession(cache: string, issuer: string): void {
  const all = JSON.parse(fs.readFileSync(cache, 'utf8')) as Record<
    string,
    { refresh_token: string; expires_at: number }
  >;
  all[issuer].refresh_token = '';
  all[issuer].expires_at = Date.now() / 1000 + 300;
  fs.writeFileSync(cache, JSON.stringify(all));
}

/** The kernels that run on the server, by the names of their specs. */
export async function runningKernels(
  page: Page,
  bench: IBench
): Promise<string[]> {
  const url = `${bench.origin}${bench.notebook_path}api/kernels`;
  const answer = await page.request.get(url);
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
}
