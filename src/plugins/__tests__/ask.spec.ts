import { OutputArea, OutputAreaModel } from '@jupyterlab/outputarea';
import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { KernelMessage } from '@jupyterlab/services';
import { PartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';

import {
  Deferred,
  FakeBridge,
  identity,
  ISSUER,
  LATER,
  problem,
  settle,
  signedIn,
  trans
} from '../../__tests__/support';
import { paste } from '../../__tests__/paste';
import { ASK_MIME } from '../../model/askMime';
import { SessionsModel } from '../../model/sessions';
import { askPlugin } from '../ask';
import { Preferences } from '../preferences';

// JupyterLab's style sheet shows a <dialog>, and the test has none.
document.head.append(
  Object.assign(document.createElement('style'), {
    textContent: 'dialog { display: flex }'
  })
);

// The kernel speaks when it likes, and no test can wrap that.
beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });
});

const URL = `${ISSUER}/auth?attempt=1`;

interface ISaid {
  [name: string]: unknown;
}

function bundle(over: ISaid): PartialJSONObject {
  return {
    [ASK_MIME]: {
      version: 1,
      state: 'asking',
      issuer: ISSUER,
      cluster: 'deploykf.example.com',
      skip_tls_verify: false,
      authorization_url: URL,
      problem: null,
      identity: null,
      expires_at: null,
      ...over
    },
    'text/html': '<p>for other front ends</p>',
    'text/plain': 'for terminals'
  } as PartialJSONObject;
}

/** A kernel that runs a cell, as far as the cell's outputs see it. */
class Run {
  readonly answers: string[] = [];
  readonly over = new Deferred<void>();
  readonly done = this.over.promise;
  onIOPub: (message: unknown) => void = () => undefined;
  onReply: (message: unknown) => void = () => undefined;
  onStdin: (message: unknown) => void = () => undefined;

  constructor(area: OutputArea) {
    area.future = this as unknown as OutputArea['future'];
  }

  show(over: ISaid = {}): void {
    this._display('display_data', over);
  }

  update(over: ISaid): void {
    this._display('update_display_data', over);
  }

  ask(): void {
    this.onStdin({
      channel: 'stdin',
      header: { msg_type: 'input_request', session: 's' },
      content: { prompt: 'Code: ', password: true }
    });
  }

  sendInputReply(content: KernelMessage.IInputReplyMsg['content']): void {
    this.answers.push('value' in content ? content.value : '');
  }

  dispose(): void {
    this.over.reject(new Error('Canceled'));
  }

  private _display(msg_type: string, over: ISaid): void {
    const transient = { display_id: 'one' };
    const content = { data: bundle(over), metadata: {}, transient };
    this.onIOPub({ header: { msg_type }, content });
  }
}

const areas: OutputArea[] = [];

function cell(options: { isOnPage?: boolean; saved?: boolean } = {}) {
  const rendermime = new RenderMimeRegistry({
    initialFactories: standardRendererFactories
  });
  const bridge = new FakeBridge();
  const sessions = new SessionsModel(bridge, trans);
  void askPlugin.activate(
    {} as Parameters<typeof askPlugin.activate>[0],
    rendermime,
    sessions,
    new Preferences(),
    null
  );
  const output = { output_type: 'display_data', metadata: {} };
  const values = options.saved ? [{ ...output, data: bundle({}) }] : [];
  const model = new OutputAreaModel({ trusted: true, values });
  const area = new OutputArea({ model, rendermime });
  areas.push(area);
  if (options.isOnPage ?? true) {
    Widget.attach(area, document.body);
  }
  return { area, bridge, node: within(area.node) };
}

const dialogs = () => screen.queryAllByRole('dialog');

async function findDialog() {
  const dialog = await screen.findByRole('dialog', {
    name: 'Login to deployKF'
  });
  const code = await within(dialog).findByRole('textbox', { name: 'Code' });
  return { code, dialog, inside: within(dialog) };
}

async function closeDialog() {
  const { code } = await findDialog();
  fireEvent.keyDown(code, { key: 'Escape' });
  await waitFor(() => expect(dialogs()).toEqual([]));
}

/** The boxes that wait, and not those that are on their way out. */
const boxes = (area: OutputArea) =>
  area.node.querySelectorAll(
    '.jp-OutputArea-stdin-item:not(.jp-OutputArea-stdin-hiding) input'
  );

afterEach(async () => {
  areas.splice(0).forEach(area => area.dispose());
  await waitFor(() => expect(dialogs()).toEqual([]));
});

describe('a cell that asks for a login', () => {
  it('is answered by the dialog, and goes on', async () => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show();
    await settle();
    expect(dialogs()).toEqual([]);
    run.ask();
    const { code, inside } = await findDialog();
    const link = inside.getByRole('link', { name: 'Open the sign-in page' });
    expect(link.getAttribute('href')).toBe(URL);

    // A wrong code: the message is beside the field, and the next one counts.
    paste(code, 'wrong');
    expect(run.answers).toEqual(['wrong']);
    await inside.findByText('The kernel is logging in…');
    await settle();
    expect(boxes(area)).toHaveLength(0);
    run.update({ problem: problem('code_rejected') });
    run.ask();
    await waitFor(() =>
      expect(inside.getByRole('alert').textContent).toContain('code_rejected')
    );
    paste(code, 'right');
    await settle();
    expect(run.answers).toEqual(['wrong', 'right']);
    expect(boxes(area)).toHaveLength(0);
    run.update({
      state: 'signed_in',
      identity: identity(),
      expires_at: LATER
    });
    await waitFor(() => expect(dialogs()).toEqual([]));
    node.getByText(/Signed in to deployKF at .* as user1@example.com until/);
    // A code is no echo: what is saved has dots in its place.
    expect(JSON.stringify(area.model.toJSON())).not.toMatch(/wrong|right/);
  });

  it.each([
    ['Use user2@example.com', 'yes'],
    ['Keep user1@example.com', 'no']
  ])('asks whether someone else is meant: %s', async (name, answer) => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    const { code } = await findDialog();
    paste(code, 'the code');
    run.update({
      state: 'confirming',
      authorization_url: undefined,
      identity: identity('user2@example.com'),
      before: identity(),
      before_state: 'ended'
    });
    run.ask();
    const question = await screen.findByRole('group', {
      name: 'Use the session of user2@example.com from now on?'
    });
    await waitFor(() => expect(document.activeElement).toBe(question));
    expect(question.textContent).toContain('has ended');
    node.getByText(/asks whether to use the session of user2@example.com/);
    // It can be answered in the cell, or in the dialog when that comes back.
    fireEvent.keyDown(question, { key: 'Escape' });
    await waitFor(() => expect(dialogs()).toEqual([]));
    expect(run.answers).toEqual(['the code']);
    fireEvent.click(node.getByRole('button', { name: 'Answer…' }));
    fireEvent.click(await screen.findByRole('button', { name }));
    expect(run.answers).toEqual(['the code', answer]);
    await settle();
    expect(boxes(area)).toHaveLength(0);
    run.update({ state: 'signed_in', identity: identity() });
    await waitFor(() => expect(dialogs()).toEqual([]));
  });

  it('keeps its own box when the dialog is closed', async () => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    await closeDialog();
    const button = node.getByRole('button', { name: 'Log in…' });
    button.focus();
    fireEvent.click(button);
    await closeDialog();
    expect(document.activeElement).toBe(button);
    const box = boxes(area)[0] as HTMLInputElement;
    box.value = 'by hand';
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(run.answers).toEqual(['by hand']);
  });

  it('goes on after a login by another way', async () => {
    const { area, bridge } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    await findDialog();
    await settle();
    bridge.sessions = [signedIn()];
    bridge.changed.emit({ issuer: ISSUER, change: 'signed_in' });
    await settle();
    expect(run.answers).toEqual(['']);
    run.update({ state: 'signed_in', identity: identity() });
    await waitFor(() => expect(dialogs()).toEqual([]));
  });

  it('also where the dialog was closed before', async () => {
    const { area, bridge } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    await closeDialog();
    bridge.sessions = [signedIn()];
    bridge.changed.emit({ issuer: ISSUER, change: 'signed_in' });
    await settle();
    expect(run.answers).toEqual(['']);
    expect(dialogs()).toEqual([]);
  });

  it('is heard where a notebook has scrolled it off the page', async () => {
    const { area } = cell({ isOnPage: false });
    const run = new Run(area);
    run.show();
    await settle();
    run.ask();
    const { code } = await findDialog();
    paste(code, 'the code');
    expect(run.answers).toEqual(['the code']);
  });

  it('is over when its kernel is restarted', async () => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    await findDialog();
    run.dispose();
    await waitFor(() => expect(dialogs()).toEqual([]));
    node.getByText(/This cell needed a login/);
    expect(node.queryByRole('button')).toBeNull();
  });

  it('is over when it is run again', async () => {
    const { area } = cell();
    new Run(area).show();
    (area.future as unknown as Run).ask();
    await findDialog();
    new Run(area);
    await waitFor(() => expect(dialogs()).toEqual([]));
  });

  it('says why it ended', async () => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show();
    run.ask();
    await findDialog();
    run.update({ state: 'ended', problem: problem('login_required') });
    await waitFor(() => expect(dialogs()).toEqual([]));
    node.getByText('It is login_required. Mend login_required.');
  });
});

it('has nothing that axe objects to', async () => {
  const { area } = cell();
  const run = new Run(area);
  run.show();
  run.ask();
  await closeDialog();
  const card = area.node.querySelector('[role=status]')?.parentElement;
  const { violations } = await axe.run(card as HTMLElement, {
    // jsdom has no layout; colours are looked at in a browser.
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } }
  });
  expect(violations.map(violation => violation.help)).toEqual([]);
});

describe('an output that is not waited for', () => {
  it('opens no dialog when a saved notebook is opened', async () => {
    const { node } = cell({ saved: true });
    await settle();
    node.getByText(/This cell needed a login/);
    expect(node.queryByRole('button')).toBeNull();
    expect(dialogs()).toEqual([]);
  });

  it('opens none where the input is about something else', async () => {
    const { area } = cell();
    const run = new Run(area);
    run.show({ state: 'signed_in', identity: identity() });
    run.ask();
    await settle();
    expect(dialogs()).toEqual([]);
  });

  it.each([false, true])(
    'opens none for a link to another host than it names, and says so (it waits: %s)',
    async isWaiting => {
      const { area, node } = cell();
      const run = new Run(area);
      run.show({ authorization_url: 'https://evil.example/dex/auth' });
      if (isWaiting) {
        run.ask();
      }
      await settle();
      node.getByText(
        "This cell asks for a login to deployKF at deploykf.example.com, but its link leads to evil.example. Don't log in there."
      );
      expect(node.queryByRole('button')).toBeNull();
      expect(node.queryByRole('link')).toBeNull();
      expect(dialogs()).toEqual([]);
      expect(run.answers).toEqual([]);
    }
  );

  it('closes the dialog where its cell changes to another host', async () => {
    const { area } = cell({ isOnPage: true });
    const run = new Run(area);
    run.show();
    run.ask();
    await findDialog();
    run.update({ authorization_url: 'https://evil.example/dex/auth' });
    await waitFor(() => expect(dialogs()).toEqual([]));
    expect(run.answers).toEqual([]);
  });

  it('opens none for a link that is no web address', async () => {
    const { area, node } = cell();
    const run = new Run(area);
    run.show({ authorization_url: 'javascript:alert(1)' });
    run.ask();
    await settle();
    node.getByText(/of another version/);
    expect(dialogs()).toEqual([]);
  });
});
