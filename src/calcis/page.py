"""What do all pages that Calcis writes share?  How templates are filled in, and sources as numbered links."""

from __future__ import annotations

from dataclasses import dataclass, field

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from calcis.parameters import data_path
from calcis.references import references


def environment() -> Environment:
    """Templates of data/report; all that is filled in is escaped, and nothing may be missing."""
    return Environment(
        loader=FileSystemLoader(data_path("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass
class Citations:
    """The sources of one page, numbered as they are first named."""

    cited: dict[str, int] = field(default_factory=dict)

    def link(self, source: str | None) -> Markup:
        """A source, "key: where", as a link into the list of references, with the place in it."""
        if not source:
            return Markup("")
        key, _, place = source.partition(":")
        if key.strip() not in references():
            return escape(source)
        mark = self.cited.setdefault(key.strip(), len(self.cited) + 1)
        return Markup('<a href="#ref-{}">[{}]</a> {}').format(mark, mark, place.strip())

    def listed(self) -> list[tuple[int, str]]:
        """Number and full text of what was named."""
        return [(mark, references()[key]) for key, mark in self.cited.items()]
