// A real JupyterLab of its own, and a browser for it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { ROOT, venvProgram } from './paths.mjs';
import { Failed } from './run.mjs';

const ARGUMENTS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

/**
 * Start JupyterLab in a test bench, and a browser.
 *
 * @param browserPath the browser; empty for Playwright's own
 * @param work gets the browser, JupyterLab's base URL, and what the bench tells; both are stopped when it ends
 */
export async function withLab(browserPath, work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const child = spawn(
    venvProgram('lab', 'python'),
    ['-m', 'testbench', 'serve', '--lab', '--folder', folder],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const ended = new Promise(resolve => child.once('exit', resolve));
  try {
    const bench = await addresses(child);
    // Straight to JupyterLab: the gateway's login is no matter of ours here.
    const base = `http://127.0.0.1:${bench.notebook_port}${bench.notebook_path}`;
    return await inBrowser(browserPath, browser => work(browser, base, bench));
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

async function inBrowser(executablePath, work) {
  const { chromium } = await import('@playwright/test');
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: executablePath || undefined,
    args: isRoot ? ['--no-sandbox', ...ARGUMENTS] : ARGUMENTS
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Whether a URL is that of a file of ours. */
export function isFile(url) {
  return url.includes('/extensions/jupyterlab-deploykf/');
}

/** Whether a URL is that of a request of ours to the server. */
export function isRequest(url) {
  return url.includes('/jupyterlab-deploykf') && !isFile(url);
}
