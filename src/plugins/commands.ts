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
  /** Writes a cell that makes a client into the notebook that is open. */
  export const insertClientCell = 'deploykf:insert-client-cell';
  /** Shows the panel with all sessions. */
  export const showPanel = 'deploykf:show-panel';
}
