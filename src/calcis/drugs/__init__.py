"""Drugs that a case can give, a module and a data file each."""

from importlib import import_module

from calcis.part import Part


def drug_part(name: str) -> Part:
    """The Part of the drug that a case calls `name`: NAME in the module of that name."""
    part: Part = getattr(import_module(f"calcis.drugs.{name}"), name.upper())
    return part
