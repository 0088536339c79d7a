import { fireEvent, screen } from '@testing-library/react';

import { trans } from '../../__tests__/support';
import { bring } from '../bring';

// JupyterLab's style sheet shows a <dialog>, and the test has none.
document.head.append(
  Object.assign(document.createElement('style'), {
    textContent: 'dialog { display: flex }'
  })
);

async function press(name: string): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name }));
}

describe('a part that is loaded when it is asked for', () => {
  beforeEach(() => jest.spyOn(console, 'error').mockReturnValue());
  afterEach(() => jest.restoreAllMocks());

  it('is there without a word', async () => {
    expect(await bring(() => Promise.resolve('part'), trans)).toBe('part');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is tried again as often as someone wants', async () => {
    const load = jest
      .fn<Promise<string>, []>()
      .mockRejectedValueOnce(new Error('Loading chunk 7 failed.'))
      .mockRejectedValueOnce(new Error('Loading chunk 7 failed.'))
      .mockResolvedValue('part');
    const brought = bring(load, trans);
    await press('Try again');
    await press('Try again');
    expect(await brought).toBe('part');
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('is given up by a click', async () => {
    const load = () => Promise.reject(new Error('Loading chunk 7 failed.'));
    const brought = bring(load, trans);
    await press('Cancel');
    expect(await brought).toBeNull();
  });
});
