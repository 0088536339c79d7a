import { expect } from '@jupyterlab/galata';
import { Locator, Page } from '@playwright/test';
import * as fs from 'node:fs';
import * as path from 'node:path';

import { execute, IBench, openLab, panelOf, signIn, test } from '../bench';

const CATALOGUE = path.resolve(
  __dirname,
  '../../jupyterlab_deploykf/locale/de_DE/LC_MESSAGES/jupyterlab_deploykf.json'
);

// All ways to log in are in the dialog.
test.use({
  benchArguments: ['--device', '--lab-environment=DEPLOYKF_AUTH_TYPES=local']
});

/** What the server writes is in English yet: the lines of the doctor's list. */
const SERVER_TEXTS = '.jp-deploykf-Report li strong, .jp-deploykf-Report li p';

/** Where JupyterLab keeps the language that its user chose in the menu. */
function languageSetting(bench: IBench): string {
  return path.join(
    bench.home,
    '.jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings'
  );
}

function chooseGerman(bench: IBench): void {
  const file = languageSetting(bench);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ locale: 'de_DE' }));
}

/** The English texts whose translation is another one, as patterns. */
function englishTexts(): { text: string; whole: RegExp; within: RegExp }[] {
  const { '': _, ...entries } = JSON.parse(fs.readFileSync(CATALOGUE, 'utf8'));
  return Object.entries(entries as Record<string, string[]>)
    .filter(([text, forms]) => !forms.includes(text))
    .map(([text]) => {
      const pattern = text
        .split(/%\d/)
        .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.+');
      // A word or two can stand in German too, or in a name.
      const isSentence = text.split(' ').length > 2;
      return {
        text,
        whole: new RegExp(`^${pattern}$`),
        within: isSentence ? new RegExp(pattern) : /$^/
      };
    });
}

/** What stands in English yet in what people see or hear. */
async function englishIn(root: Locator): Promise<string[]> {
  const shown = await root.evaluate((element, serverTexts) => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement?.closest(serverTexts)) {
        texts.push(textContent ?? '');
      }
    }
    for (const each of [element, ...element.querySelectorAll('*')]) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        texts.push(each.getAttribute(name) ?? '');
      }
    }
    return texts.map(text => text.trim()).filter(Boolean);
  }, SERVER_TEXTS);
  const english = englishTexts();
  return shown.flatMap(one =>
    english
      .filter(({ whole, within }) => whole.test(one) || within.test(one))
      .map(({ text }) => text)
  );
}

/** The texts that do not fit into their place. */
async function cutOff(root: Locator): Promise<string[]> {
  return root.evaluate(element => {
    const right = element.getBoundingClientRect().right + 1;
    return (
      [...element.querySelectorAll<HTMLElement>('*')]
        // What is to be copied scrolls.
        .filter(each => !each.closest('pre') && each.innerText?.trim())
        .filter(
          each =>
            each.getBoundingClientRect().right > right ||
            (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
        )
        .map(each => each.innerText)
    );
  });
}

async function expectGerman(root: Locator): Promise<void> {
  expect(await englishIn(root)).toEqual([]);
  expect(await cutOff(root)).toEqual([]);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `.build/browser-tests/${name}.png` });
}

test.afterEach(({ bench }) => {
  fs.rmSync(languageSetting(bench), { force: true });
});

test('all in German, where JupyterLab is', async ({ page, bench }) => {
  const [user] = bench.users;
  const panel = panelOf(page);
  const card = panel.getByRole('region', { name: new URL(bench.issuer).host });
  const dialog = page.locator('.jp-deploykf-LoginDialog');

  // In English first: what is looked for is found.
  await openLab(page, bench);
  await execute(page, 'deploykf:show-panel');
  await expect(card).toContainText('Signed out');
  expect(await englishIn(panel)).toEqual(
    expect.arrayContaining(['Signed out', 'Log in', 'Add a cluster…'])
  );

  chooseGerman(bench);
  await page.reload();
  await expect(
    page.getByRole('button', { name: 'deployKF: nicht angemeldet' })
  ).toHaveAttribute('title', 'Die deployKF-Sitzungen anzeigen');

  // The panel, with all that can be unfolded in it.
  await execute(page, 'deploykf:show-panel');
  await expect(card).toContainText('Nicht angemeldet');
  await panel.getByText('Dieses Häkchen gibt es nicht').click();
  await panel.getByText('Für einen eigenen Pod').click();
  await expectGerman(panel);
  await shoot(page, 'german-panel');
  await panel.getByRole('button', { name: 'Cluster hinzufügen…' }).click();
  const form = panel.getByRole('form', { name: 'Cluster hinzufügen' });
  await form.getByLabel('Das Zertifikat nicht prüfen').check();
  await expectGerman(panel);
  await shoot(page, 'german-form');
  await form.getByRole('button', { name: 'Abbrechen' }).click();

  // The menu, and the dialog from it, with every way to log in.
  await page.getByRole('menuitem', { name: 'deployKF', exact: true }).click();
  const menu = page.locator('.lm-Menu');
  await expect(menu.getByRole('menuitem')).toHaveText([
    'Bei deployKF anmelden',
    'deployKF-Sitzungen anzeigen',
    'kfp.Client-Zelle einfügen',
    'deployKF-Sitzung erneuern',
    'Von deployKF abmelden…'
  ]);
  await menu.getByRole('menuitem', { name: 'Bei deployKF anmelden' }).click();
  await expect(dialog).toContainText('Mit einem Passwort anmelden');
  await dialog.getByText('Auf einem anderen Gerät anmelden').click();
  await dialog.getByRole('button', { name: 'Code anfordern' }).click();
  await expect(dialog).toContainText(/Der Code gilt noch \d+ Minuten\./);
  await dialog.getByText('Den Code selbst einfügen').click();
  await expectGerman(dialog);
  await shoot(page, 'german');

  // A login on the issuer's page, to its end.
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    dialog.getByRole('link', { name: 'Anmeldeseite öffnen' }).click()
  ]);
  await expect(dialog).toContainText('Melden Sie sich jetzt dort an.');
  await expectGerman(dialog);
  await signIn(popup, user);
  // JupyterLab's language is the time's, too, and not the browser's.
  await expect(dialog).toContainText(
    // With the date where that is tomorrow.
    new RegExp(
      `Angemeldet als ${user.email} bis (\\d+\\.\\d+\\.\\d+, )?\\d\\d:\\d\\d Uhr\\.`
    )
  );
  await expectGerman(dialog);
  await shoot(page, 'german-signed-in');
  await dialog.getByRole('button', { name: 'Schließen' }).last().click();

  // The panel of a session that was checked; the list itself is the server's.
  await expect(card).toContainText(/noch .*, bis .*\d\d:\d\d/);
  await card.getByRole('button', { name: 'Prüfen' }).click();
  await card
    .locator('summary', { hasText: /^\d+ (weitere )?Prüfungen$/ })
    .click();
  await expect(card.getByRole('listitem')).toHaveCount(12);
  await expectGerman(panel);
  await shoot(page, 'german-checked');

  // Logging out asks in JupyterLab's own dialog.
  await card.getByRole('button', { name: 'Abmelden' }).click();
  const question = page.getByRole('dialog');
  await expect(question).toContainText('Von deployKF abmelden?');
  await expect(
    question.getByRole('button', { name: 'Abbrechen' })
  ).toBeVisible();
  await expectGerman(question);
  await question.getByRole('button', { name: 'Abmelden' }).click();
  await expect(card).toContainText('Nicht angemeldet');
  await expect(page.locator('.Toastify__toast')).toContainText(
    'Auf diesem Rechner von'
  );
});
