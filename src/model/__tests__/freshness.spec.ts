import { IStatus } from '../../tokens';
import { areKeptFresh } from '../freshness';

const status = (kept_fresh?: boolean): IStatus => ({
  version: '0.1.0',
  cache: { path: '/cache.json', problem: null },
  sessions: [],
  kept_fresh
});

describe('whether sessions are kept fresh', () => {
  it('is what the server says, and an older one always did', () => {
    expect(areKeptFresh(status(true), null)).toBe(true);
    expect(areKeptFresh(status(false), null)).toBe(false);
    expect(areKeptFresh(status(), null)).toBe(true);
  });

  it('is no where a kernel stands in for the server', () => {
    const standIn = { name: 'Python 3', isReady: true };
    expect(areKeptFresh(status(true), standIn)).toBe(false);
  });
});
