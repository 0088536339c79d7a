// What the extension loads in a real JupyterLab, and when.
import { isFile } from './lab.mjs';

/** Bytes and files of ours, uncompressed, by the moment at which they are loaded. */
export async function measureBytes(browser, base) {
  const page = await browser.newPage();
  let loaded = [];
  page.on('response', response => {
    if (isFile(response.url())) {
      loaded.push(response.body());
    }
  });
  const sum = async () => {
    const bodies = await Promise.all(loaded);
    loaded = [];
    return { bytes: bodies.reduce((total, body) => total + body.length, 0), files: bodies.length };
  };
  await page.goto(`${base}lab`);
  await page.locator('.jp-LauncherCard', { hasText: 'Login to deployKF' }).waitFor();
  const atStart = await sum();
  await page.locator('.jp-LauncherCard', { hasText: 'Login to deployKF' }).click();
  await page.getByRole('link', { name: 'Open the sign-in page' }).waitFor();
  const atLogin = await sum();
  await page.close();
  return { 'at Lab start': atStart, 'when a login starts': atLogin };
}
