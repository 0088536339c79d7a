import { Told } from '../told';

function fakeStore() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  };
}

/** Each lock is there once. */
function fakeLocks(): Pick<LockManager, 'request'> {
  const held = new Set<string>();
  const request = async (
    name: string,
    _: LockOptions,
    callback: LockGrantedCallback
  ): Promise<unknown> => {
    if (held.has(name)) {
      return callback(null);
    }
    held.add(name);
    try {
      return await callback({ name, mode: 'exclusive' });
    } finally {
      held.delete(name);
    }
  };
  return { request: request as LockManager['request'] };
}

describe('what was told', () => {
  it('is new once, in all tabs', async () => {
    const store = fakeStore();
    const [here, there] = [1, 2].map(() => new Told(() => store, undefined));
    expect(await here.isNew('a')).toBe(true);
    expect(await here.isNew('a')).toBe(false);
    expect(await there.isNew('a')).toBe(false);
    expect(await there.isNew('b')).toBe(true);
  });

  it('is told by one of two windows, though neither sees yet what the other keeps', async () => {
    const locks = fakeLocks();
    const windows = [1, 2].map(() => {
      const store = fakeStore();
      return new Told(() => store, locks);
    });
    const told = await Promise.all(windows.map(each => each.isNew('a')));
    expect(told).toEqual([true, false]);
  });

  it('is kept in this tab where the browser keeps nothing', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const told = new Told(() => {
      throw new DOMException('no', 'SecurityError');
    }, undefined);
    expect(await told.isNew('a')).toBe(true);
    expect(await told.isNew('a')).toBe(false);
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  it('forgets the oldest keys', async () => {
    const store = fakeStore();
    const told = new Told(() => store, undefined);
    for (let i = 0; i < 60; i++) {
      await told.isNew(`key ${i}`);
    }
    const later = new Told(() => store, undefined);
    expect(await later.isNew('key 59')).toBe(false);
    expect(await later.isNew('key 0')).toBe(true);
  });
});
