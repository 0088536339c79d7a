import * as React from 'react';

import { IProblem } from '../tokens';

/**
 * Something that takes a while: whether it is under way, how it failed, and a
 * way to stop it.
 */
export interface ITask {
  readonly isBusy: boolean;
  readonly problem: IProblem | null;
  /** Begin; what was under way before is aborted. */
  readonly run: (work: (signal: AbortSignal) => Promise<void>) => void;
  /** Stop waiting. What the server has begun, it may finish. */
  readonly cancel: () => void;
  /** Forget the last failure. */
  readonly clear: () => void;
}

/**
 * A task of a component; it is aborted when the component goes.
 *
 * @param explain - Brings an error into the form that people are shown.
 */
export function useTask(explain: (error: unknown) => IProblem): ITask {
  const [isBusy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<IProblem | null>(null);
  const current = React.useRef<AbortController | null>(null);
  React.useEffect(() => () => current.current?.abort(), []);
  const stop = () => {
    current.current?.abort();
    current.current = null;
    setBusy(false);
  };
  const perform = async (work: (signal: AbortSignal) => Promise<void>) => {
    stop();
    const mine = new AbortController();
    current.current = mine;
    setBusy(true);
    setProblem(null);
    try {
      await work(mine.signal);
    } catch (error) {
      if (!mine.signal.aborted) {
        setProblem(explain(error));
      }
    }
    if (current.current === mine) {
      stop();
    }
  };
  return {
    isBusy,
    problem,
    run: work => void perform(work),
    cancel: stop,
    clear: () => setProblem(null)
  };
}
