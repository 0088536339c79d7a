/** What a cell that needs a login shows (`jupyterlab_deploykf/notebook.py`). */
export const ASK_MIME = 'application/vnd.deploykf.login+json';
