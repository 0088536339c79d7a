import { act, fireEvent, render, screen } from '@testing-library/react';
import axe from 'axe-core';
import * as React from 'react';

import {
  cluster,
  Deferred,
  ISSUER,
  problem,
  trans
} from '../../../__tests__/support';
import { BridgeError } from '../../../bridge/problem';
import { ICluster } from '../../../tokens';
import { ClusterForm } from '../ClusterForm';
import { fakeActions } from './actions';

function view(edited: ICluster | null = null) {
  const actions = fakeActions();
  const onClose = jest.fn();
  const { container } = render(
    <ClusterForm
      cluster={edited}
      actions={actions}
      trans={trans}
      onClose={onClose}
    />
  );
  return { actions, container, onClose };
}

const textbox = (name: string) =>
  screen.getByRole<HTMLInputElement>('textbox', { name });
const checkbox = (name: string) =>
  screen.getByRole<HTMLInputElement>('checkbox', { name });
const button = (name: string) =>
  screen.getByRole<HTMLButtonElement>('button', { name });
const type = (name: string, value: string) =>
  fireEvent.change(textbox(name), { target: { value } });

async function save(): Promise<void> {
  await act(async () => {
    fireEvent.submit(screen.getByRole('form'));
  });
}

/** What describes an element to a screen reader. */
function described(element: HTMLElement): string {
  const ids = element.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map(id => document.getElementById(id)?.textContent).join('\n');
}

describe('a new cluster', () => {
  it('begins with its issuer, which is all that it needs', async () => {
    const { actions, onClose } = view();
    expect(document.activeElement).toBe(textbox('Issuer URL'));
    expect(button('Verify and save').disabled).toBe(true);
    type('Issuer URL', ' deploykf.example.com/dex ');
    await save();
    expect(actions.saveCluster).toHaveBeenCalledWith(
      {
        issuer: ISSUER,
        name: '',
        api_url: null,
        ca_file: null,
        skip_tls_verify: false,
        auth_types: []
      },
      null,
      expect.any(AbortSignal)
    );
    expect(onClose).toHaveBeenCalledWith(ISSUER);
  });

  it('has all that can be set', async () => {
    const { actions } = view();
    type('Issuer URL', ISSUER);
    type('Name', ' mine ');
    type('API URL', 'https://api.example.com');
    type('CA file', '/etc/ssl/ca.pem');
    fireEvent.click(checkbox('Do not verify the certificate'));
    expect(screen.getByText(/Anyone on the way/)).not.toBeNull();
    await save();
    expect(actions.saveCluster).toHaveBeenCalledWith(
      expect.objectContaining({
        name: 'mine',
        api_url: 'https://api.example.com',
        ca_file: '/etc/ssl/ca.pem',
        skip_tls_verify: true
      }),
      null,
      expect.any(AbortSignal)
    );
  });

  it.each([
    [['LDAP'], ['ldap']],
    [
      ['LDAP', 'Local'],
      ['local', 'ldap']
    ]
  ])('takes a password where %s is ticked', async (ticked, authTypes) => {
    const { actions } = view();
    const group = screen.getByRole('group', {
      name: 'People log in there with a password'
    });
    expect(described(group)).toContain('Leave both blank');
    type('Issuer URL', ISSUER);
    ticked.forEach(name => fireEvent.click(checkbox(name)));
    await save();
    expect(actions.saveCluster).toHaveBeenCalledWith(
      expect.objectContaining({ auth_types: authTypes }),
      null,
      expect.any(AbortSignal)
    );
  });
});

describe('a cluster that is edited', () => {
  const edited = cluster({
    name: 'mine',
    ca_file: '/ca.pem',
    client_id: 'other-client',
    auth_types: ['local']
  });

  it('keeps what the form does not show', async () => {
    const { actions, onClose } = view(edited);
    expect(textbox('CA file').value).toBe('/ca.pem');
    expect([checkbox('Local').checked, checkbox('LDAP').checked]).toEqual([
      true,
      false
    ]);
    fireEvent.click(checkbox('Local'));
    type('Name', 'yours');
    await save();
    const { source, ...entry } = edited;
    expect(source).toBe('file');
    expect(actions.saveCluster).toHaveBeenCalledWith(
      { ...entry, name: 'yours', auth_types: [] },
      ISSUER,
      expect.any(AbortSignal)
    );
    expect(onClose).toHaveBeenCalledWith(ISSUER);
  });

  it('is left as it is by Cancel', () => {
    const { actions, onClose } = view(edited);
    fireEvent.click(button('Cancel'));
    expect(onClose).toHaveBeenCalledWith(null);
    expect(actions.saveCluster).not.toHaveBeenCalled();
  });
});

describe('trouble', () => {
  it.each([
    ['issuer', 'Issuer URL'],
    ['name', 'Name'],
    ['api_url', 'API URL'],
    ['ca_file', 'CA file']
  ])('with %s is at its field', async (field, label) => {
    const { actions, onClose } = view(cluster());
    actions.saveCluster.mockRejectedValue(
      new BridgeError(problem('configuration', { field }))
    );
    await save();
    const input = textbox(label);
    expect(document.activeElement).toBe(input);
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(described(input)).toContain('It is configuration. Mend');
    expect(screen.getAllByRole('alert')).toHaveLength(1);
    const invalid = screen
      .getAllByRole('textbox')
      .filter(other => other.getAttribute('aria-invalid') === 'true');
    expect(invalid).toEqual([input]);
    expect(onClose).not.toHaveBeenCalled();
  });

  it.each([undefined, 'scopes'])(
    'with no field of the form is at its end (%s)',
    async field => {
      const { actions } = view(cluster());
      actions.saveCluster.mockRejectedValue(
        new BridgeError(problem('server_unreachable', { field }))
      );
      button('Verify and save').focus();
      await save();
      expect(document.activeElement).toBe(button('Verify and save'));
      expect(document.querySelector('[aria-invalid=true]')).toBeNull();
      expect(described(button('Verify and save'))).toContain(
        'Mend server_unreachable.'
      );
    }
  );

  it('goes with the next attempt, which can be stopped', async () => {
    const { actions, onClose } = view(cluster());
    actions.saveCluster.mockRejectedValueOnce(
      new BridgeError(problem('configuration', { field: 'ca_file' }))
    );
    await save();
    actions.saveCluster.mockReturnValue(new Deferred<undefined>().promise);
    await save();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole('status').textContent).toBe('Asking the issuer…');
    fireEvent.click(button('Cancel'));
    expect(screen.getByRole('status').textContent).toBe('');
    expect(onClose).not.toHaveBeenCalled();
  });
});

it('has nothing that axe objects to', async () => {
  const { actions, container } = view(cluster({ skip_tls_verify: true }));
  actions.saveCluster.mockRejectedValue(
    new BridgeError(problem('not_an_issuer', { field: 'issuer' }))
  );
  await save();
  const { violations } = await axe.run(container, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } }
  });
  expect(violations.map(violation => violation.help)).toEqual([]);
});
