"""The version, as the installed package knows it."""

from importlib.metadata import version

__version__ = version("jupyterlab_deploykf")
