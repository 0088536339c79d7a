import {
  cluster,
  FakeBridge,
  ISSUER,
  OTHER_ISSUER,
  signedOut,
  trans
} from '../../__tests__/support';
import { ICluster } from '../../tokens';
import { saveCluster } from '../clusters';

function known(...all: Partial<ICluster>[]): FakeBridge {
  const bridge = new FakeBridge();
  bridge.sessions = all.map(over => signedOut(cluster(over)));
  return bridge;
}

describe('adding a cluster', () => {
  it('hands on all that it is to be verified by', async () => {
    const bridge = known({ issuer: OTHER_ISSUER });
    const entry = { issuer: ISSUER, ca_file: '/ca.pem' };
    await saveCluster(bridge, entry, null, trans);
    expect(bridge.added).toEqual([[entry, null]]);
    // What another connection says of the issuer proves nothing.
    expect(bridge.count('provider')).toBe(0);
  });

  it.each([
    ['environment', 'configured for you'],
    ['administrator', 'configured for you'],
    ['file', 'Edit that one']
  ] as const)(
    'is refused where it is known from: %s',
    async (source, nextStep) => {
      const bridge = known({ source, name: 'Platform' });
      await expect(
        saveCluster(bridge, { issuer: `${ISSUER}/` }, null, trans)
      ).rejects.toMatchObject({
        problem: {
          message: 'This cluster is there already: Platform.',
          next_step: expect.stringContaining(nextStep),
          field: 'issuer'
        }
      });
      expect(bridge.added).toEqual([]);
    }
  );

  it('is possible where only a session tells of it', async () => {
    const bridge = known({ source: 'cache' });
    await saveCluster(bridge, { issuer: ISSUER }, null, trans);
    expect(bridge.added).toEqual([[{ issuer: ISSUER }, null]]);
  });
});

describe('editing a cluster', () => {
  it('takes the place of what it was', async () => {
    const bridge = known({});
    await saveCluster(bridge, { issuer: OTHER_ISSUER }, ISSUER, trans);
    await saveCluster(bridge, { issuer: ISSUER, name: 'B' }, ISSUER, trans);
    expect(bridge.added).toEqual([
      [{ issuer: OTHER_ISSUER }, ISSUER],
      [{ issuer: ISSUER, name: 'B' }, ISSUER]
    ]);
  });

  it('does not take the place of another one', async () => {
    const bridge = known({}, { issuer: OTHER_ISSUER });
    await expect(
      saveCluster(bridge, { issuer: OTHER_ISSUER }, ISSUER, trans)
    ).rejects.toMatchObject({ code: 'cluster_known' });
    expect(bridge.added).toEqual([]);
  });
});
