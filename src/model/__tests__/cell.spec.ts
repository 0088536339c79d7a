import { cluster, OTHER_ISSUER } from '../../__tests__/support';
import { clientCell } from '../cell';

const argument = (code: string) => /kfp_client\((.*)\)/.exec(code)?.[1];

describe('the cell for a client', () => {
  const one = cluster();
  const other = cluster({ issuer: OTHER_ISSUER });

  it('names nothing where there is one cluster', () => {
    expect(clientCell(one, [one], false)).toBe(
      'from jupyterlab_deploykf import kfp_client\n\nclient = kfp_client()'
    );
  });

  it('names the cluster among several, or beside a ServiceAccount token', () => {
    expect(argument(clientCell(one, [one, other], false))).toBe(
      '"deploykf.example.com"'
    );
    expect(argument(clientCell(one, [one], true))).toBe(
      '"deploykf.example.com"'
    );
  });

  it('names the issuer where two clusters are called alike', () => {
    const twin = cluster({ issuer: OTHER_ISSUER, name: one.name });
    expect(argument(clientCell(twin, [one, twin], false))).toBe(
      `"${OTHER_ISSUER}"`
    );
  });

  it('asks for the ServiceAccount token', () => {
    expect(argument(clientCell(null, [one], true))).toBe(
      'auth="service-account"'
    );
  });
});
