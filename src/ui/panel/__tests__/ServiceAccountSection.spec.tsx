import { render, screen } from '@testing-library/react';
import * as React from 'react';

import { NOW, serviceAccount, trans } from '../../../__tests__/support';
import { ServiceAccountSection } from '../ServiceAccountSection';

function view(namespace: string | null): void {
  render(
    <ServiceAccountSection
      token={serviceAccount({ present: false, usable: false })}
      namespace={namespace}
      trans={trans}
      now={NOW}
      onInsertCell={jest.fn()}
    />
  );
}

/** What is there to copy; it is folded away at first. */
const text = (name: string) =>
  screen.getByRole('region', { name, hidden: true }).textContent;

const DESC =
  'Mount a serviceAccountToken to authenticate with Kubeflow Pipelines API';

describe('how to get a ServiceAccount token', () => {
  it('names the checkbox as the user sees it', () => {
    view('team-1');
    screen.getByText(
      new RegExp(`tick «${DESC}» under «Advanced Options» → «Configurations»`)
    );
  });

  it('has both ways of the guide, and the platform’s own', () => {
    view('team-1');
    expect(text('PodDefault')).toContain('namespace: "team-1"');
    expect(text('PodDefault')).toContain(`desc: "${DESC}"`);
    expect(text('Pod')).toContain('namespace: "team-1"');
    expect(text('Pod')).toContain('serviceAccountName: default-editor');
    expect(text('Values of deployKF')).toContain('kfpApiTokenPodDefault: true');
  });

  it('leaves a blank where the namespace is not known', () => {
    view(null);
    expect(text('PodDefault')).toContain('"<YOUR_USER_PROFILE_NAMESPACE>"');
    expect(text('Pod')).toContain('"<YOUR_USER_PROFILE_NAMESPACE>"');
  });
});
