import { IStandIn, IStatus } from '../tokens';

/**
 * Whether sessions are renewed ahead of time, with nobody at work.
 *
 * @param status - The last one that is known.
 * @param standIn - What stands in for the server extension, which alone does it.
 */
export function areKeptFresh(
  status: IStatus | null,
  standIn: IStandIn | null
): boolean {
  return standIn === null && status?.kept_fresh !== false;
}
