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
