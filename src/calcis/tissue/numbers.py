"""Which numbers does the tissue use?  All of them from its data files: laws, injuries, findings."""

from __future__ import annotations

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.tissue import PARTS, injuries, story, surgery
from calcis.tissue.saturation import SATURATION


def tissue_parameters() -> dict[str, Parameter]:
    """Every parameter of the tissue by dotted name: of its Parts, injuries, operations, and the story.

    Raises InputError, with place, where a data file lacks a number or holds a wrong one.
    """
    found = read_parameters(data_path("injuries", "injuries.yaml"), injuries.PARAMETERS)
    found |= read_parameters(data_path("surgery", "surgery.yaml"), surgery.PARAMETERS)
    found |= read_parameters(data_path("tissue", "story.yaml"), story.PARAMETERS)
    for part in PARTS:
        room = "chemistry" if part is SATURATION else "tissue"
        found |= read_parameters(data_path(room, f"{part.name}.yaml"), {part.name: part.parameters})
    return found
