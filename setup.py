"""A shim for tools that look for it; the build is described in pyproject.toml."""

__import__("setuptools").setup()
