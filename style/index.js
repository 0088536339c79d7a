// Nothing of ours is drawn when JupyterLab starts: each part brings its own
// style sheet when it is loaded, such as src/ui/LoginDialog.tsx login.css.
