import * as fs from 'node:fs';
import * as path from 'node:path';

import { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';

import { FakeBridge, trans } from '../../__tests__/support';
import plugins from '../../index';
import { SessionsModel } from '../../model/sessions';
import { VERSION } from '../../version';
import { CommandIDs } from '../commands';
import { loginPlugin } from '../login';
import { Preferences } from '../preferences';

function activate(ui: { palette?: unknown; launcher?: unknown } = {}): {
  bridge: FakeBridge;
  commands: CommandRegistry;
} {
  const bridge = new FakeBridge();
  const commands = new CommandRegistry();
  const sessions = new SessionsModel(bridge, trans);
  const serviceManager = { serverSettings: { baseUrl: '/' } };
  const app = { commands, serviceManager } as unknown as JupyterFrontEnd;
  void loginPlugin.activate(
    app,
    bridge,
    sessions,
    new Preferences(),
    null,
    ui.palette ?? null,
    ui.launcher ?? null,
    null
  );
  return { bridge, commands };
}

describe('the login plugin', () => {
  it('needs no palette, launcher or translator', () => {
    const { commands } = activate();
    expect(commands.listCommands().sort()).toEqual(
      [
        'deploykf:insert-client-cell',
        'deploykf:login',
        'deploykf:logout',
        'deploykf:refresh'
      ].sort()
    );
    expect(commands.label(CommandIDs.login)).toBe('Login to deployKF');
  });

  it('asks the server nothing at start', () => {
    expect(activate().bridge.calls).toEqual([]);
  });

  it('stands in palette and launcher where they are', () => {
    const palette = { addItem: jest.fn() };
    const launcher = { add: jest.fn() };
    activate({ palette, launcher });
    expect(palette.addItem).toHaveBeenCalledWith({
      command: 'deploykf:login',
      category: 'deployKF'
    });
    expect(launcher.add).toHaveBeenCalledWith(
      expect.objectContaining({ command: 'deploykf:login' })
    );
  });
});

it('each plugin has an id of its own, and says what it is for', () => {
  const ids = plugins.map(plugin => plugin.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { description, id } of plugins) {
    expect(id).toMatch(/^jupyterlab-deploykf:/);
    expect(description).toBeTruthy();
  }
});

it('the version is the package’s', () => {
  const root = path.resolve(__dirname, '../../..');
  const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
  expect(VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
