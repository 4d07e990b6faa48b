"""The whole person: models of the body that a case can choose, a package each."""

from importlib import import_module
from typing import Any

from calcis.ledger import Balance
from calcis.part import Part

CLAMPED = "clamped"  # the body that is none: the case gives what plasma offers the tissue


def body_parts(name: str) -> tuple[Part, ...]:
    """The Parts of the body that a case calls `name`, a package of this one."""
    parts: tuple[Part, ...] = _package(name).PARTS
    return parts


def body_balances(name: str) -> tuple[Balance, ...]:
    """What this body keeps: calcium, phosphate and so on."""
    balances: tuple[Balance, ...] = _package(name).BALANCES
    return balances


def body_supplies(name: str) -> dict[str, str]:
    """What this body gives to tissue: signal it needs (mmol/h) -> dotted state that loses it (mmol)."""
    return dict(_package(name).SUPPLIES)


def body_limits(name: str) -> tuple[str, ...]:
    """What a reader of results of this body has to know, in sentences."""
    limits: tuple[str, ...] = _package(name).LIMITS
    return limits


def body_species(name: str) -> str:
    """Whose body this is."""
    species: str = _package(name).SPECIES
    return species


def set_by_person(name: str) -> dict[str, str]:
    """Which parameters (dotted) the person of a case sets -> by what: `age`."""
    return dict(_package(name).PERSON)


def _package(name: str) -> Any:
    return import_module(f"calcis.body.{name}")
