import { TranslationBundle } from '@jupyterlab/translation';

import { IProblem } from '../tokens';

/**
 * Trouble on the way to the cache, or told from there.
 */
export class BridgeError extends Error {
  /**
   * @param problem - What happened, and what to do next.
   */
  constructor(readonly problem: IProblem) {
    super(problem.message);
    this.name = 'BridgeError';
  }

  /** A stable name, for programs. */
  get code(): string {
    return this.problem.code;
  }

  /** Whether the same request may work later as it is. */
  get retryable(): boolean {
    return this.problem.retryable;
  }
}

/**
 * Whether a value is a problem in JSON.
 */
export function isProblem(value: unknown): value is IProblem {
  const problem = value as Partial<IProblem> | null | undefined;
  return (
    typeof problem === 'object' &&
    typeof problem?.code === 'string' &&
    typeof problem.message === 'string' &&
    typeof problem.next_step === 'string'
  );
}

/**
 * Bring any error into the form that people are shown.
 *
 * @param error - What was caught.
 * @param trans - For the texts of an error that is none of ours.
 */
export function toProblem(error: unknown, trans: TranslationBundle): IProblem {
  if (error instanceof BridgeError) {
    return error.problem;
  }
  return {
    code: 'unexpected',
    message: trans.__(
      'Something unexpected went wrong: %1',
      error instanceof Error ? error.message : String(error)
    ),
    next_step: trans.__(
      'Try again; if it happens again, reload this page, or report it.'
    ),
    retryable: true
  };
}
