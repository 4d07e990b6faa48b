"""The whole person: models of the body that a case can choose, a package each."""

from importlib import import_module

from calcis.part import Part


def body_parts(name: str) -> tuple[Part, ...]:
    """The Parts of the body that a case calls `name`, a package of this one."""
    parts: tuple[Part, ...] = import_module(f"calcis.body.{name}").PARTS
    return parts
