"""Where the REST API is, and what Jupyter's authorizer is asked about."""

#: The resource that Jupyter's authorizer is asked about.
RESOURCE = "deploykf"

#: Under the server's base URL.
PREFIX = "jupyterlab-deploykf"
