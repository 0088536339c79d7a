// What the extension loads in a real JupyterLab, and when.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { ROOT, venvProgram } from './paths.mjs';
import { Failed } from './run.mjs';

const ARGUMENTS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

/** Bytes and files of ours, by the moment at which they are loaded. */
export async function measureBytes(browserPath) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bytes-'));
  const child = spawn(
    venvProgram('lab', 'python'),
    ['-m', 'testbench', 'serve', '--lab', '--folder', folder],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const ended = new Promise(resolve => child.once('exit', resolve));
  try {
    return await inBrowser(browserPath, await addresses(child));
  } finally {
    child.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function addresses(child) {
  for await (const line of readline.createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) {
      return JSON.parse(line);
    }
  }
  throw new Failed('The test bench ended before it was ready.');
}

async function inBrowser(executablePath, { notebook_path, notebook_port }) {
  const { chromium } = await import('@playwright/test');
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: executablePath || undefined,
    args: isRoot ? ['--no-sandbox', ...ARGUMENTS] : ARGUMENTS
  });
  try {
    const page = await browser.newPage();
    let loaded = [];
    page.on('response', response => {
      if (response.url().includes('/extensions/jupyterlab-deploykf/')) {
        loaded.push(response.body());
      }
    });
    const sum = async () => {
      const bodies = await Promise.all(loaded);
      loaded = [];
      return { bytes: bodies.reduce((total, body) => total + body.length, 0), files: bodies.length };
    };
    // Straight to JupyterLab: the gateway's login is no matter of ours here.
    await page.goto(`http://127.0.0.1:${notebook_port}${notebook_path}lab`);
    await page.locator('.jp-LauncherCard', { hasText: 'Login to deployKF' }).waitFor();
    const atStart = await sum();
    await page.locator('.jp-LauncherCard', { hasText: 'Login to deployKF' }).click();
    await page.getByRole('link', { name: 'Open the sign-in page' }).waitFor();
    return { 'at Lab start': atStart, 'when a login starts': await sum() };
  } finally {
    await browser.close();
  }
}
