import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jupyterlab/galata';
import { Locator, Page } from '@playwright/test';
import { QRCodeSVG } from 'qrcode.react';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { execute, IBench } from './bench';

/** JupyterLab's themes, by what the pictures are called. */
export const THEMES = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  contrast: 'JupyterLab Dark High Contrast'
};

export type Theme = keyof typeof THEMES;

/** Change the theme as the menu does, and wait until it is there. */
export async function setTheme(page: Page, theme: Theme): Promise<void> {
  const name = THEMES[theme];
  await execute(page, 'apputils:change-theme', { theme: name });
  await page
    .locator(`body[data-jp-theme-name="${name}"]`)
    .waitFor({ state: 'attached' });
  // The style sheet of the one before is gone when the new one is drawn.
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/**
 * Compare a part of the page with its picture in docs/images, and look for what
 * keeps people out of it. The high-contrast theme is looked at by axe alone.
 */
export async function expectPicture(
  what: Locator,
  name: string,
  theme: Theme,
  bench: IBench
): Promise<void> {
  const page = what.page();
  await what.waitFor();
  const found = await new AxeBuilder({ page })
    .include('.jp-deploykf-Login')
    .analyze();
  expect.soft(found.violations, `${name}, ${theme}`).toEqual([]);
  if (theme !== 'contrast') {
    const value = 'https://deploykf.example.com/dex/device';
    await page.evaluate(sayAlike, {
      host: new URL(bench.issuer).host,
      qrCode: renderToStaticMarkup(
        createElement(QRCodeSVG, { value, marginSize: 2 })
      )
    });
    await expect.soft(what).toHaveScreenshot(`${name}-${theme}.png`, {
      animations: 'disabled',
      caret: 'hide',
      maxDiffPixelRatio: 0.01
    });
  }
}

/**
 * Put what differs from run to run alike: the bench's address, and the time;
 * also in what is drawn anew from here on. Runs in the page.
 */
function sayAlike({ host, qrCode }: { host: string; qrCode: string }): void {
  const alike = (text: string) =>
    text
      .replaceAll(`http://${host}`, 'https://deploykf.example.com')
      .replaceAll(host, 'deploykf.example.com')
      .replaceAll('127.0.0.1', 'deploykf.example.com')
      .replace(/\b\d{5}\b/g, '443')
      .replace(/1 h 0 min|5\d minutes/g, '59 minutes')
      // In the last hour of a day, what ends in an hour ends tomorrow.
      .replace(/until [A-Z][a-z]{2} \d{1,2}, \d{4}, /g, 'until ')
      .replace(/[A-Z][a-z]{2} \d{1,2}, \d{4}/g, 'Dec 1, 2026')
      .replace(/\d{1,2}:\d\d [AP]M/g, '3:04 PM')
      .replace(/\b[A-Z]{4}-[A-Z]{4}\b/g, 'ABCD-EFGH')
      .replace(/\/tmp\/[\w-]+\/home/g, '/home/jovyan')
      .replace(/[\d.]+ GB/g, '50 GB')
      .replace(/\d+ ms/g, '1 ms')
      .replace(/agree to \d+ s/g, 'agree to 1 s')
      .replace(/until [^(]+\(in \d+ min\)/g, 'until 15:04 (in 59 min)')
      .replace('not encrypted (http)', 'encrypted, certificate verified');
  const ours = '[class*="jp-deploykf"]';
  const sayAll = () => {
    for (const root of document.querySelectorAll(ours)) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode as Text;
        const text = alike(node.data);
        if (text !== node.data) {
          node.data = text;
        }
      }
    }
    for (const field of document.querySelectorAll<HTMLInputElement>(
      `${ours} input[type=text]`
    )) {
      field.value = alike(field.value);
    }
  };
  sayAll();
  new MutationObserver(sayAll).observe(document.body, {
    characterData: true,
    childList: true,
    subtree: true
  });
  const drawn = new DOMParser()
    .parseFromString(qrCode, 'text/html')
    .querySelector('svg');
  document
    .querySelector('svg.jp-deploykf-QR')
    ?.replaceChildren(...(drawn?.children ?? []));
}
