"""The Jupyter server extension: it translates between HTTP and the use cases of `session`."""
