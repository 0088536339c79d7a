/**
 * The namespace in the address of a Kubeflow Notebook.
 *
 * @param path - A path such as `/notebook/team-1/my-notebook/lab`.
 * @returns `null` where the page is no Kubeflow Notebook's.
 */
export function namespaceOf(path: string): string | null {
  return (
    /^\/notebook\/([a-z0-9][a-z0-9-]*)\/[^/]+(\/|$)/.exec(path)?.[1] ?? null
  );
}

const UNCLEAR = /[\\\s\p{C}]|^\w+:\/\/[^/?#]*%/u;

/**
 * Read the address of a page or a server, by the rule of `parse_url` in
 * `jupyterlab_deploykf/core/urls.py`: what hides which host is meant is none.
 *
 * @param text - What stands where an address should be.
 * @returns `null` for what is not http(s), has a user name in it, or has a
 * backslash, blanks, characters that can't be seen, or a percent sign in its host.
 */
export function readAddress(text: unknown): URL | null {
  if (typeof text !== 'string' || UNCLEAR.test(text)) {
    return null;
  }
  try {
    const url = new URL(text);
    const isWeb = /^https?:$/.test(url.protocol);
    return isWeb && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

/**
 * The issuer that the address of a Kubeflow Notebook stands for: deployKF has
 * both on one origin.
 *
 * @param url - The Jupyter server's address.
 * @returns `null` where the page is no Kubeflow Notebook's.
 */
export function guessIssuer(url: URL): string | null {
  return namespaceOf(url.pathname) === null ? null : `${url.origin}/dex`;
}
