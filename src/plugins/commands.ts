/**
 * The commands' ids.
 */
export namespace CommandIDs {
  /** Opens the dialog «Login to deployKF». */
  export const login = 'deploykf:login';
  /** Refreshes a session now. */
  export const refresh = 'deploykf:refresh';
  /** Forgets a session on this machine. */
  export const logout = 'deploykf:logout';
  /** Shows the panel with all sessions. */
  export const showPanel = 'deploykf:show-panel';
}
