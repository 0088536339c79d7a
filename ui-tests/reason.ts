import { expect } from '@jupyterlab/galata';
import { Page } from '@playwright/test';

import {
  dialogOf,
  IBench,
  openDialog,
  openLab,
  openPanel,
  runningKernels
} from './bench';

/** The panel and the dialog say why, and no kernel does what the server refuses. */
export async function expectReason(
  page: Page,
  bench: IBench,
  reason: string
): Promise<void> {
  await openLab(page, bench);
  const panel = await openPanel(page);
  await expect(panel.getByRole('alert')).toContainText(reason);
  await expect(panel.getByRole('button', { name: 'Use a kernel' })).toHaveCount(
    0
  );
  await openDialog(page);
  const dialog = dialogOf(page);
  await expect(dialog.getByRole('alert')).toContainText(reason);
  await expect(dialog.getByRole('textbox')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('alert')).toContainText(reason);
  expect(await runningKernels(page, bench)).toEqual([]);
}
