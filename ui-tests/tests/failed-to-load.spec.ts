import * as path from 'node:path';

import { test } from '../bench';
import { expectReason } from '../reason';

test.use({
  benchArguments: [
    `--lab-config=${path.resolve(__dirname, '../broken_config.py')}`
  ]
});

test('a server extension that fails to load tells why', async ({
  page,
  bench
}) => {
  await expectReason(page, bench, '(LookupError: this part is missing)');
});
