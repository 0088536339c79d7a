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
}

/**
 * Whether an error says that the user cancelled.
 */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Bring any error into the form that the dialog shows.
 *
 * @param error - What was caught.
 */
export function toProblem(error: unknown): IProblem {
  if (error instanceof BridgeError) {
    return error.problem;
  }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    next_step: 'Try again; if it happens again, report it.',
    retryable: true
  };
}

/**
 * Whether a value is a problem in JSON.
 */
export function isProblem(value: unknown): value is IProblem {
  const problem = value as Partial<IProblem> | null;
  return (
    typeof problem === 'object' &&
    typeof problem?.code === 'string' &&
    typeof problem.message === 'string' &&
    typeof problem.next_step === 'string'
  );
}
