/**
 * The browser tests. Each worker starts a small deployKF with JupyterLab of its
 * own (see bench.ts), so there is no web server here.
 */
const baseConfig = require('@jupyterlab/galata/lib/playwright-config');

module.exports = {
  ...baseConfig,
  testDir: './tests',
  outputDir: '../.build/browser-tests',
  // The reference pictures are those that people see in the docs.
  snapshotPathTemplate: '../docs/images/{arg}{ext}',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json']],
  webServer: undefined,
  use: {
    ...baseConfig.use,
    actionTimeout: 30_000,
    video: 'off',
    trace: 'off',
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined,
      args: [
        // Chromium refuses its sandbox as root, which CI often is.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP jupyter.test 127.0.0.1'
      ]
    }
  }
};
