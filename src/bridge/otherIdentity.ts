import { IOtherIdentity } from '../tokens';
import { BridgeError } from './problem';

/**
 * A login that waits for a confirmation, since it is someone else's than before.
 *
 * @param error - What a login was rejected with.
 * @returns `null` where it is any other trouble.
 */
export function otherIdentity(error: unknown): IOtherIdentity | null {
  return error instanceof BridgeError && error.code === 'other_identity'
    ? (error.problem as IOtherIdentity)
    : null;
}
