"""Where is the person of a case seen, and what is known of a calcification?  For `calcis diagnose`.

The names are those of data/diagnose; nothing of it is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from calcis.errors import nearest
from calcis.parameters import data_path, read_data
from calcis.reading import Document, shown

_TABLES = {"setting": ("settings", "settings"), "site": ("kinds", "sites"), "pattern": ("kinds", "patterns")}


@cache
def seen_names(key: str) -> Mapping[str, Any]:
    """The valid names of a `setting`, `site` or `pattern`."""
    file, table = _TABLES[key]
    found: Mapping[str, Any] = read_data(data_path("diagnose", f"{file}.yaml")).data[table]
    return found


def check_seen(document: Document) -> None:
    """Raises InputError, with place, for a setting, site or pattern that is none."""
    for key in _TABLES:
        name = document.data.get(key)
        if name is not None and name not in seen_names(key):
            expected = f"a {key}: {', '.join(seen_names(key))}"
            raise document.error((key,), expected, shown(name), nearest(str(name), seen_names(key)))
