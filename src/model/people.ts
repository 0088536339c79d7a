import { IIdentity, ISession } from '../tokens';

/**
 * Whether two identities are of different people.
 */
export function isOtherPerson(
  a: IIdentity | null,
  b: IIdentity | null
): boolean {
  return a !== null && b !== null && a.subject !== b.subject;
}

/**
 * Whether a session belongs to someone else than the platform's gateway names:
 * a shared notebook, or a contributor's.
 *
 * @param session - The session.
 * @param gatewayUser - An e-mail address, as Kubeflow has it; `null` where the
 * gateway names nobody, and nothing can be said.
 */
export function isSomeoneElse(
  session: ISession,
  gatewayUser: string | null
): boolean {
  const email = session.identity?.email;
  return (
    !!gatewayUser &&
    !!email &&
    email.toLowerCase() !== gatewayUser.toLowerCase()
  );
}
