// What the extension asks of the server while nobody looks at its tab.
import { isRequest } from './lab.mjs';

/**
 * Change the session twice while JupyterLab's tab is hidden, and come back.
 *
 * @returns the changes that were announced to the tab, and how often it asked the
 *   server while it was hidden and when it was back
 */
export async function measureHidden(browser, base, { issuer, users }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked = [];
  let announced = 0;
  page.on('request', request => {
    if (isRequest(request.url())) {
      asked.push(request.url());
    }
  });
  page.on('websocket', socket =>
    socket.on('framereceived', ({ payload }) => {
      announced += String(payload).includes('jupyterlab_deploykf/session_changed') ? 1 : 0;
    })
  );
  await openLab(page, `${base}lab`);
  // Another one, which is in sight: when it knows of a change, so does the first.
  const other = await context.newPage();
  await openLab(other, `${base}lab/workspaces/other`);
  await hide(page, true);
  const atStart = asked.length;
  const [{ email, password }] = users;
  await change(context, base, 'login/password', { issuer, username: email, password, auth_type: 'local' });
  await glance(other, `signed in as ${email}`).waitFor();
  await change(context, base, 'logout', { issuer });
  await glance(other, 'signed out').waitFor();
  const whileHidden = asked.length - atStart;
  const changes = announced;
  const answered = page.waitForResponse(response => isRequest(response.url()));
  await hide(page, false);
  await answered;
  await page.waitForLoadState('networkidle');
  const back = asked.length - atStart - whileHidden;
  await context.close();
  return { changes, whileHidden, back };
}

function glance(page, text) {
  return page.getByRole('button', { name: `deployKF: ${text}` });
}

async function openLab(page, url) {
  await page.goto(url);
  await glance(page, 'signed out').waitFor();
  await page.waitForLoadState('networkidle');
}

/** Playwright keeps each page in sight, whatever is before it: the page is told otherwise. */
function hide(page, isHidden) {
  return page.evaluate(value => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (value ? 'hidden' : 'visible')
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/** As another program would: by the REST API. */
async function change(context, base, path, data) {
  const cookies = await context.cookies(base);
  const xsrf = cookies.find(({ name }) => name === '_xsrf')?.value ?? '';
  const answer = await context.request.post(`${base}jupyterlab-deploykf/${path}`, {
    data,
    headers: { 'X-XSRFToken': xsrf }
  });
  if (!answer.ok()) {
    throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  }
}
