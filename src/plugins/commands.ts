/**
 * The commands' ids.
 */
export const CommandIDs = {
  /** Opens the dialog «Login to deployKF». */
  login: 'deploykf:login',
  /** Refreshes a session now. */
  refresh: 'deploykf:refresh',
  /** Forgets a session on this machine. */
  logout: 'deploykf:logout',
  /** Writes a cell that makes a client into the notebook that is open. */
  insertClientCell: 'deploykf:insert-client-cell',
  /** Shows the panel with all sessions. */
  showPanel: 'deploykf:show-panel'
} as const;
