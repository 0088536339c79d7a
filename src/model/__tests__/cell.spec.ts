import {
  cluster,
  ISSUER,
  OTHER_ISSUER,
  signedIn,
  signedOut
} from '../../__tests__/support';
import { bestCell, clientCell } from '../cell';

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

describe('the cell for what there is', () => {
  const out = signedOut();
  const inOther = signedIn(undefined, { issuer: OTHER_ISSUER });

  it('takes the cluster that is meant, else the one with a session', () => {
    const all = [out, inOther];
    expect(argument(bestCell(all, ISSUER, false))).toBe(
      '"deploykf.example.com"'
    );
    expect(argument(bestCell(all, null, false))).toBe('"other.example.com"');
  });

  it('takes the ServiceAccount token where nobody is signed in', () => {
    expect(argument(bestCell([out], null, true))).toBe(
      'auth="service-account"'
    );
    expect(argument(bestCell([], null, true))).toBe('auth="service-account"');
    expect(argument(bestCell([signedIn()], null, true))).toBe(
      '"deploykf.example.com"'
    );
  });

  it('asks for a login where there is nothing', () => {
    expect(argument(bestCell([out], null, false))).toBe('');
    expect(argument(bestCell([], null, false))).toBe('');
  });
});
