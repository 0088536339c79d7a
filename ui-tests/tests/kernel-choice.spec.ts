import { expect } from '@jupyterlab/galata';
import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  dialogOf,
  openDialog,
  openLab,
  opener,
  runningKernels,
  test
} from '../bench';

const FIRST = 'first';

test.use({
  labArguments: [
    '--ServerApp.jpserver_extensions=jupyterlab_deploykf=False',
    `--MappingKernelManager.default_kernel_name=${FIRST}`
  ]
});

test('a kernel that does not start does not stop one that does', async ({
  page,
  bench
}) => {
  const folder = path.join(bench.home, '.local/share/jupyter/kernels', FIRST);
  fs.mkdirSync(folder, { recursive: true });
  const spec = {
    argv: ['/no/such/python', '-m', 'ipykernel', '-f', '{connection_file}'],
    display_name: 'Broken',
    language: 'python'
  };
  fs.writeFileSync(path.join(folder, 'kernel.json'), JSON.stringify(spec));
  await openLab(page, bench);
  await openDialog(page);
  await opener(page).waitFor();
  await expect(dialogOf(page)).toContainText(
    /runs in a kernel of its own \(Python 3/
  );
  expect(await runningKernels(page, bench)).toHaveLength(1);
  await page.keyboard.press('Escape');
  await expect.poll(() => runningKernels(page, bench)).toEqual([]);
});
