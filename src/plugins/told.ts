/** Where the keys of what was said are kept, and what tabs take turns by. */
const NAME = 'jupyterlab-deploykf:told';

/**
 * So long a window alone may say what it has just said, in milliseconds. What
 * it keeps reaches windows in other processes a little later than an event does.
 */
const HELD = 2000;

/** So many keys are kept: the latest. */
const KEPT = 50;

/**
 * What was said already, in any tab of this browser. No secret is kept: issuers
 * and times alone. Where the browser keeps nothing, this tab does.
 */
export class Told {
  /**
   * @param _store - Gives what all tabs share; it may throw.
   * @param _locks - What they take turns by; none where the page is not secure.
   */
  constructor(
    private readonly _store: () => Pick<Storage, 'getItem' | 'setItem'>,
    private readonly _locks: Pick<LockManager, 'request'> | undefined
  ) {}

  /** Whether it was not said before; from now on it was. */
  async isNew(key: string): Promise<boolean> {
    if (this._here.has(key)) {
      return false;
    }
    this._here.add(key);
    const locks = this._locks;
    if (!locks) {
      return this._isNewAnywhere(key);
    }
    // All windows hear of a change in the same moment: one of them says it.
    return new Promise((resolve, reject) => {
      const name = `${NAME} ${key}`;
      const say = async (lock: Lock | null) => {
        const isNew = lock !== null && this._isNewAnywhere(key);
        resolve(isNew);
        if (isNew) {
          await new Promise(held => setTimeout(held, HELD));
        }
      };
      locks.request(name, { ifAvailable: true }, say).catch(reject);
    });
  }

  private _isNewAnywhere(key: string): boolean {
    try {
      const store = this._store();
      const said = (store.getItem(NAME) ?? '').split('\n').filter(Boolean);
      if (said.includes(key)) {
        return false;
      }
      store.setItem(NAME, [...said, key].slice(-KEPT).join('\n'));
    } catch (error) {
      // Full, or blocked: better said in each tab than in none.
      console.warn('deployKF: what was told can’t be kept.', error);
    }
    return true;
  }

  private readonly _here = new Set<string>();
}
