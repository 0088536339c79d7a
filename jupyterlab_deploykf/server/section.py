"""The administrator's section of Jupyter's configuration: what traitlets accepts, or only logs, and must not hold.

A setting that is misspelled is a setting that doesn't count, and the default allows every issuer.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from traitlets import List
from traitlets.config.loader import LazyConfigValue

if TYPE_CHECKING:
    _TextList = List[str]
else:
    # Not generic before traitlets 5.10.
    _TextList = List


class Issuers(_TextList):
    """A list of texts or None."""

    def from_string(self, s: str) -> list[str] | None:
        """Read what the command line names once."""
        # As if it were named several times. In traitlets a single text that is no Python literal becomes None.
        return self.from_string_list([s])


def find_mistake(config: Mapping[str, object], section: str, values: Mapping[str, object]) -> str | None:
    """Say in a sentence what is wrong with a section; None if nothing is.

    Parameters
    ----------
    config
        All of Jupyter's configuration.
    section
        The section's name.
    values
        The settings that there are, with the values that hold now.
    """
    for name in config:
        if name != section and name.lower() == section.lower():
            return f"The section is called c.{section}, not c.{name}."
    settings = config.get(section, {})
    if not isinstance(settings, Mapping):
        return f"c.{section} is not a section."
    for name, setting in settings.items():
        if name not in values:
            near = get_close_matches(name, values, n=1)
            return f"There is no setting c.{section}.{name}." + (f" Did you mean {near[0]}?" if near else "")
        # What `c.Section.name.append(…)` and a mistaken `c.Section.name == …` leave behind.
        if isinstance(setting, LazyConfigValue) and not isinstance(values[name], (list, dict, set)):
            return f"c.{section}.{name} is not assigned. Write: c.{section}.{name} = …"
        if values[name] is None and setting is not None and str(setting) != "None":
            return f"The value of c.{section}.{name} can't be used."
    return None
