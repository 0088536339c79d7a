import { settle } from '../../__tests__/support';
import { catchFocus } from '../focus';

function page(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.querySelector('main')!;
}

function find(selector: string): HTMLElement {
  return document.querySelector<HTMLElement>(selector)!;
}

const PAGE = `
  <main>
    <h2 tabindex="-1">All</h2>
    <section tabindex="-1"><button></button></section>
  </main>
  <input>`;

describe('the focus of what goes from the page', () => {
  let end: () => void;

  beforeEach(() => {
    end = catchFocus(page(PAGE), section => section ?? find('h2'));
  });

  afterEach(() => end());

  it('goes to the section that it was in', async () => {
    find('button').focus();
    find('button').remove();
    await settle();
    expect(document.activeElement).toBe(find('section'));
  });

  it('goes elsewhere where that is gone, too', async () => {
    find('button').focus();
    find('section').remove();
    await settle();
    expect(document.activeElement).toBe(find('h2'));
  });

  it('is left to who has gone on', async () => {
    find('button').focus();
    find('input').focus();
    find('button').remove();
    await settle();
    expect(document.activeElement).toBe(find('input'));
  });

  it('is nobody’s business after the end', async () => {
    find('button').focus();
    end();
    find('button').remove();
    await settle();
    expect(document.activeElement).toBe(document.body);
  });
});
