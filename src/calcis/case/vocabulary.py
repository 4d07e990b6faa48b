"""Which names may a case use: bodies, diseases, procedures, tissues, injuries, drugs, parameters?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from calcis.body import CLAMPED, body_parts, body_species
from calcis.case.disease import Disease, read_disease
from calcis.case.drugs import Drug, read_drug
from calcis.case.tissues import Tissue, read_tissue
from calcis.drugs import SITES, absent, drug_part
from calcis.parameters import ALL_SPECIES, Parameter, data_path, read_data, read_parameters
from calcis.space.diffusion import diffusion_parameters
from calcis.tissue.numbers import tissue_parameters


@dataclass(frozen=True)
class Vocabulary:
    """The valid names; `parameters` gives, for a body, all that a case with it may change, and `lacks` says
    what a body lacks for a drug, in words; empty where the drug can be given.
    """

    bodies: tuple[str, ...]
    tissues: Mapping[str, Tissue]
    injuries: tuple[str, ...]
    drugs: Mapping[str, Drug]
    parameters: Callable[[str], Mapping[str, Parameter]]
    diseases: Mapping[str, Disease] = field(default_factory=dict)
    lacks: Callable[[str, str], str] = lambda body, drug: ""
    procedures: Mapping[str, Disease] = field(default_factory=dict)  # done to a person at the start of an arm


@cache
def packaged() -> Vocabulary:
    """The vocabulary of the data that come with Calcis."""
    return Vocabulary(
        bodies=(*_files("body"), CLAMPED),
        tissues=_tissues(),
        injuries=tuple(dict.fromkeys(name.partition(".")[0] for name in _read("injuries"))),
        drugs={name: read_drug(data_path("drugs", f"{name}.yaml")) for name in _files("drugs")},
        parameters=_parameters,
        diseases={name: read_disease(data_path("diseases", f"{name}.yaml")) for name in _files("diseases")},
        lacks=_lacks,
        procedures={
            name: read_disease(data_path("procedures", f"{name}.yaml")) for name in _files("procedures")
        },
    )


def _tissues() -> dict[str, Tissue]:
    """The tissues of the data files; one that is like another may come before it."""
    found: dict[str, Tissue] = {}
    files = {name: data_path("tissues", f"{name}.yaml") for name in _files("tissues")}
    while files:
        ready = [name for name, path in files.items() if read_data(path).data.get("like") not in files]
        for name in ready or list(files):  # a circle is refused where it is read
            found[name] = read_tissue(files.pop(name), found)
    return dict(sorted(found.items()))


@cache
def _lacks(body: str, drug: str) -> str:
    """What a body lacks for a drug, in words."""
    species, whose = body_species(body), packaged().drugs[drug].species
    if whose not in (species, *ALL_SPECIES):
        return f"it is a {species}'s, and the numbers of {drug} are those of a {whose}"
    return absent(drug, body, body_parts(body))


def _files(room: str) -> tuple[str, ...]:
    """Names of a room's data files."""
    folder = data_path(room)
    return tuple(sorted(path.stem for path in folder.glob("*.yaml"))) if folder.is_dir() else ()


def _read(room: str) -> dict[str, Parameter]:
    """All numbers of a room's data files."""
    found: dict[str, Parameter] = {}
    for file in _files(room):
        found |= read_parameters(data_path(room, f"{file}.yaml"))
    return found


@cache
def _parameters(body: str) -> Mapping[str, Parameter]:
    """All numbers that a case with this body may change, in the units of the laws."""
    if body == CLAMPED:  # and no drugs, which act in a body
        return MappingProxyType({**tissue_parameters(), **diffusion_parameters()})
    parts = {part.name: part.parameters for part in body_parts(body)}
    found = read_parameters(data_path("body", f"{body}.yaml"), parts)
    for drug in _files("drugs"):
        part = drug_part(drug)
        found |= read_parameters(data_path("drugs", f"{drug}.yaml"), {part.name: part.parameters})
    for name, site in SITES.items():
        found |= read_parameters(data_path("sites", f"{name}.yaml"), {name: site.part.parameters})
    return MappingProxyType(found | tissue_parameters() | diffusion_parameters())
