// What the extension costs everyone who opens JupyterLab, who may never log in.
import { isFile, isRequest } from './lab.mjs';

/**
 * Load JupyterLab several times, each time as in a browser that has never seen it.
 *
 * @param loads how many; the first is not counted, since the server is cold then
 * @returns for each load: milliseconds of activation and of the evaluation before it,
 *   milliseconds from the navigation until JupyterLab is restored, bytes and files of
 *   ours until the network is idle, and what was asked of the server
 */
export async function measureStart(browser, base, loads) {
  const measured = [];
  for (let load = 0; load < loads; load += 1) {
    measured.push(await measureLoad(browser, base));
  }
  return measured.slice(1);
}

async function measureLoad(browser, base) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const bodies = [];
    const requests = [];
    page.on('response', response => {
      if (isFile(response.url())) {
        bodies.push(response.body());
      }
    });
    page.on('request', request => {
      if (isRequest(request.url())) {
        // Without its query, which keeps answers from being cached.
        requests.push(`${request.method()} ${new URL(request.url()).pathname.replace(new URL(base).pathname, '')}`);
      }
    });
    await page.addInitScript(watch);
    await page.goto(`${base}lab`);
    await page.waitForFunction(() => window.deployKFMeasured.restored > 0);
    await page.waitForLoadState('networkidle');
    const times = await page.evaluate(() => window.deployKFMeasured);
    const sizes = (await Promise.all(bodies)).map(body => body.length);
    return { ...times, bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length, requests };
  } finally {
    await context.close();
  }
}

/**
 * Runs in the page before its own scripts: times our plugins where JupyterLab
 * takes them over from the extension's container.
 */
function watch() {
  const measured = { activation: 0, evaluation: 0, plugins: 0, restored: 0 };
  window.deployKFMeasured = measured;
  const timed = (name, call) => {
    const before = performance.now();
    try {
      return call();
    } finally {
      measured[name] += performance.now() - before;
    }
  };
  const time = plugin => {
    const { activate } = plugin;
    plugin.activate = (app, ...services) => {
      if (measured.plugins === 0) {
        // The page's time begins with its navigation.
        void app.restored.then(() => {
          measured.restored = performance.now();
        });
      }
      measured.plugins += 1;
      return timed('activation', () => activate(app, ...services));
    };
  };
  let container;
  window._JUPYTERLAB = {
    get 'jupyterlab-deploykf'() {
      return container;
    },
    set 'jupyterlab-deploykf'(real) {
      container = {
        init: scope => real.init(scope),
        get: async name => {
          const factory = await real.get(name);
          return () => {
            const module = timed('evaluation', factory);
            if (name === './extension') {
              module.default.forEach(time);
            }
            return module;
          };
        }
      };
    }
  };
}
