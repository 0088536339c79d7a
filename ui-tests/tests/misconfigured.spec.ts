import * as path from 'node:path';

import { test } from '../bench';
import { expectReason } from '../reason';

test.use({
  benchArguments: [
    `--lab-config=${path.resolve(__dirname, '../misconfigured_config.py')}`
  ]
});

test('settings that can’t be used are told, and nobody can log in', async ({
  page,
  bench
}) => {
  await expectReason(page, bench, "The 'keep_fresh' trait");
});
