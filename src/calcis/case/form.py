"""What may stand in a case file?  Its form, checked by pydantic and published as a JSON Schema.

Every quantity is text with a unit; here it becomes a plain float in the unit its field names.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    WithJsonSchema,
)

from calcis.body import CLAMPED
from calcis.case.further import FurtherLabs
from calcis.case.included import NamedFile
from calcis.case.patch import MOST_LAYERS, Layer, Shape, Spacing, Voxels
from calcis.case.quantity import Duration, Form, Moment, Quantity, refusal
from calcis.case.surgery import Excise, Remove
from calcis.parameters import Species
from calcis.reading import shown

MOST_POINTS = 10_000  # of one course of plasma
MOST_ARMS = 100

Age = Annotated[float, Quantity("y", "54 y", 0, 130, above=True)]
Mass = Annotated[float, Quantity("kg", "68 kg", 0, 1000, above=True)]
Share = Annotated[float, Quantity("1", "0.9", 0, 1)]
Calcium = Annotated[float, Quantity("mmol/L", "1.25 mmol/L", 0, 100, substance="calcium")]
Phosphate = Annotated[float, Quantity("mmol/L", "1.2 mmol/L", 0, 100, substance="phosphorus")]
Pyrophosphate = Annotated[float, Quantity("mmol/L", "3.3 umol/L", 0, 100)]
Acidity = Annotated[float, Quantity("1", "7.4", 0, 14)]
CalciumDose = Annotated[float, Quantity("mmol", "0.4 mmol", 0, 1000, above=True, substance="calcium")]
PhosphateDose = Annotated[float, Quantity("mmol", "0.4 mmol", 0, 1000, above=True, substance="phosphorus")]
Density = Annotated[float, Quantity("1/mm^3", "1000 1/mm^3", 0, 1e6, above=True)]
Tolerance = Annotated[float, Field(ge=1e-10, le=1e-2)]


class Person(Form):
    """Who: age (y), sex, mass (kg), species; only the species counts in animals or where plasma is given."""

    age: Age | None = None
    sex: Literal["female", "male"] | None = None
    mass: Mass | None = None
    species: Species = "human"


# Bounds are those of values that people have lived with; what lies beyond is most likely a wrong unit.
TotalCalcium = Annotated[float, Quantity("mmol/L", "2.35 mmol/L", 0.8, 6, substance="calcium")]
IonisedCalcium = Annotated[float, Quantity("mmol/L", "1.2 mmol/L", 0.2, 3.5, substance="calcium")]
PlasmaPhosphate = Annotated[float, Quantity("mmol/L", "1.2 mmol/L", 0.05, 10, substance="phosphorus")]
Magnesium = Annotated[float, Quantity("mmol/L", "0.85 mmol/L", 0.1, 10, substance="magnesium")]
Albumin = Annotated[float, Quantity("g/L", "41 g/L", 5, 80)]
Creatinine = Annotated[float, Quantity("mmol/L", "80 umol/L", 0.01, 4, substance="creatinine")]
Pth = Annotated[float, Quantity("pmol/L", "4 pmol/L", 0, 1500, substance="pth")]
VitaminD25 = Annotated[float, Quantity("nmol/L", "75 nmol/L", 0.5, 3000, substance="calcidiol")]
Calcitriol = Annotated[float, Quantity("pmol/L", "110 pmol/L", 0, 3000, substance="calcitriol")]
_INTACT = "intact FGF23 as a mass or an amount (RU/mL of a C-terminal assay cannot be turned into it)"
Fgf23 = Annotated[float, Quantity("pmol/L", "2 pmol/L", 0, 5000, substance="fgf23", kind=_INTACT)]
AlkalinePhosphatase = Annotated[float, Quantity("IU/L", "70 IU/L", 1, 20000)]


class Labs(Form):
    """What was measured in a person's blood; each may be left out."""

    calcium: TotalCalcium | None = None
    calcium_ionised: IonisedCalcium | None = None
    albumin: Albumin | None = None
    phosphate: PlasmaPhosphate | None = None
    magnesium: Magnesium | None = None
    creatinine: Creatinine | None = None
    pth: Pth | None = None
    vitamin_d_25: VitaminD25 | None = None
    calcitriol: Calcitriol | None = None
    fgf23: Fgf23 | None = None
    alkaline_phosphatase: AlkalinePhosphatase | None = None

    @property
    def given(self) -> dict[str, float]:
        """The values that were measured, each in the unit of its field."""
        return self.model_dump(exclude_none=True)


class _Point(Form):
    at: Moment


class CalciumPoint(_Point):
    """Ionised calcium (mmol/L) at a time (h)."""

    value: Calcium


class PhosphatePoint(_Point):
    """Phosphate (mmol/L) at a time (h)."""

    value: Phosphate


class PyrophosphatePoint(_Point):
    """Pyrophosphate (mmol/L) at a time (h)."""

    value: Pyrophosphate


class AcidityPoint(_Point):
    """Acidity (pH) at a time (h)."""

    value: Acidity


_Value, _Points = Tag("value"), Tag("points")
_Given = Discriminator(lambda entry: "points" if isinstance(entry, list) else "value")
_Some = Field(min_length=1, max_length=MOST_POINTS)
Calciums = Annotated[Annotated[Calcium, _Value] | Annotated[list[CalciumPoint], _Some, _Points], _Given]
Phosphates = Annotated[Annotated[Phosphate, _Value] | Annotated[list[PhosphatePoint], _Some, _Points], _Given]
Pyrophosphates = Annotated[
    Annotated[Pyrophosphate, _Value] | Annotated[list[PyrophosphatePoint], _Some, _Points], _Given
]
Acidities = Annotated[Annotated[Acidity, _Value] | Annotated[list[AcidityPoint], _Some, _Points], _Given]


class PlasmaForm(Form):
    """What plasma or a culture medium offers: values, or points with steps or straight lines between them."""

    between: Literal["steps", "lines"] | None = None
    calcium_ionised: Calciums | None = None
    phosphate: Phosphates | None = None
    pyrophosphate: Pyrophosphates | None = None
    ph: Acidities | None = None


class Injury(Form):
    """What kills tissue: kind, when (h), where, which share of the cells; other keys are some kinds'."""

    kind: str
    at: Moment
    shape: Shape
    killed: Share
    every: Annotated[Duration | None, Field(description="again after so long, and so on")] = None
    times: Annotated[int | None, Field(ge=2, le=1000, description="how often in all; else to the end")] = None
    flow: Annotated[Share | None, Field(description="ischaemia, trauma: share of blood flow left")] = None
    lasts: Annotated[Duration | None, Field(description="ischaemia: until flow returns at once")] = None
    microbes: Annotated[Density | None, Field(description="infection: how many come in")] = None
    freed: Annotated[Share | None, Field(description="fat_necrosis: share of fat set free by lipase")] = None
    calcium: Annotated[CalciumDose | None, Field(description="injection: left in the patch")] = None
    phosphate: Annotated[PhosphateDose | None, Field(description="injection: left in the patch")] = None

    _name: str = PrivateAttr("")

    @property
    def name(self) -> str:
        """Its kind, or what the case calls its own."""
        return self._name or self.kind

    def named(self, name: str, kind: str) -> Injury:
        """The same injury, of a kind that Calcis has, under the name of the case's own."""
        found = self.model_copy(update={"kind": kind})
        found._name = name
        return found

    def moments(self, end: float) -> tuple[float, ...]:
        """When it happens (h), before the end of the run."""
        if self.every is None:
            return (self.at,)
        most = math.ceil((end - self.at) / self.every * (1 - 1e-12))
        return tuple(self.at + k * self.every for k in range(min(self.times or most, most)))

    @property
    def own(self) -> dict[str, float]:
        """What was given of the keys that only some kinds have."""
        names = ("flow", "lasts", "microbes", "freed", "calcium", "phosphate")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Lesion(Form):
    """A patch of a tissue and what happens to it; without an injury, what plasma alone does."""

    tissue: str
    injury: Injury | None = None
    grid: Annotated[
        Voxels | None, Field(description="voxels of a block in which it is simulated in space")
    ] = None
    spacing: Annotated[Spacing | None, Field(description="edge of a voxel")] = None
    border: Annotated[
        Literal["closed", "perfused"],
        Field(description="whether fluid as in plasma lies beyond sides and bottom of the block"),
    ] = "closed"
    layers: Annotated[list[Layer], Field(max_length=MOST_LAYERS, description="from the surface down")] = (
        Field(default_factory=list)
    )


class Timing(Form):
    """How long is simulated (h), how often written (h), the solver's relative tolerance, and a seed."""

    duration: Duration
    every: Duration
    tolerance: Tolerance = 1e-6
    seed: Annotated[int, Field(ge=0, lt=2**32, description="from which `calcis compare` draws persons")] = 1

    @property
    def outputs(self) -> int:
        """Number of output times, start and end included."""
        return math.ceil(self.duration / self.every * (1 - 1e-12)) + 1

    @property
    def times(self) -> tuple[float, ...]:
        """Output times (h): 0, every, 2·every ... and the end of the run."""
        return (*(index * self.every for index in range(self.outputs - 1)), self.duration)


_VALUE = {"type": ["number", "string"]}
_CHANGE = {
    "anyOf": [
        _VALUE,
        {
            "type": "object",
            "properties": {"value": _VALUE, "factor": {"type": "number"}}
            | {key: {"type": "string"} for key in ("source", "kind", "species", "note")},
            "additionalProperties": False,
        },
    ]
}
_SCHEMA = {"type": "object", "additionalProperties": _CHANGE}
ChangeSet = Annotated[dict[str, Any], WithJsonSchema(_SCHEMA)]  # calcis.changes reads it in full


TissueName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class TissueForm(Form):
    """A tissue of the case's own: like another, but for some numbers; with a volume it is an organ."""

    title: Annotated[str, Field(max_length=200)] = ""
    like: str | None = None
    volume: Annotated[Any, WithJsonSchema(_CHANGE)] = None
    sex: Literal["female", "male"] | None = None
    changes: ChangeSet = Field(default_factory=dict)


class InjuryForm(Form):
    """An injury of the case's own: like a kind of injury, but for some of its numbers."""

    like: str
    changes: ChangeSet = Field(default_factory=dict)


_ARGUMENTS = {"anyOf": [{"type": "object", "additionalProperties": _VALUE}, {"type": "null"}]}
_NAMED = {"type": "object", "additionalProperties": _ARGUMENTS, "minProperties": 1}
Diseases = Annotated[
    Any,  # calcis.case.disease reads it in full
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, _NAMED],
            "description": "the name of a disease, or {name: {argument: value}}",
            "examples": ["primary_hyperparathyroidism", {"ckd": {"gfr": "25 mL/min"}}],
        }
    ),
]


_Name = Annotated[str, Field(min_length=1, max_length=100)]


class Difference(Form):
    """What is different in one arm: diseases, numbers, plasma, medication that is stopped, operations."""

    disease: Diseases = None
    changes: ChangeSet | None = None
    plasma: PlasmaForm | None = None
    stop: Annotated[_Name | None, Field(description="medication that is not taken from the start on")] = None
    excise: Excise | None = None
    debulk: Remove | None = None
    curette: Remove | None = None
    laser: Remove | None = None
    lithotripsy: Remove | None = None


def _tag(entry: Any) -> str | None:
    return "dose" if isinstance(entry, str) else "different" if isinstance(entry, dict | Difference) else None


Action = Annotated[Annotated[str, Tag("dose")] | Annotated[Difference, Tag("different")], Discriminator(_tag)]
Actions = Annotated[
    list[Action],
    BeforeValidator(lambda entry: [] if entry is None else entry, json_schema_input_type=list[Action] | None),
]


def _listing(entry: Any) -> str:
    return "names" if isinstance(entry, list) else "name"


# `all` (as if nothing were said), `none`, the name of an organ, or names.
Organs = Annotated[
    Annotated[str, Tag("name")] | Annotated[list[str], Tag("names")],
    Discriminator(_listing),
]


_GOAL = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "a quantity and where it should be, `of` start or an arm, and `by`, `at` or `from` when",
    "examples": [
        {"calcium_plasma": "2.1 to 2.6 mmol/L", "by": "30 d"},
        {"mineral_total": "below 50 %", "of": "start", "at": "1 y"},
    ],
}
GoalForm = Annotated[dict[str, Any], WithJsonSchema(_GOAL)]  # calcis.case.goal reads it in full


def _format(entry: Any) -> Any:
    if isinstance(entry, bool | float) or entry != 1:
        raise refusal("1, the format of case files that this version reads", shown(entry))
    return entry


_WITH_A_BODY: dict[str, Any] = {
    "plasma": False,
    "person": {
        "if": {"properties": {"species": {"const": "human"}}},
        "then": {"required": ["age", "sex", "mass"]},
    },
}


class CaseForm(Form):
    """A case file of format 1."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"body": {"const": CLAMPED}}},
            "then": {"required": ["lesion"]},
            "else": {"required": ["person"], "properties": _WITH_A_BODY},
        }
    )
    calcis: Annotated[Literal[1], BeforeValidator(_format)]
    title: Annotated[str, Field(max_length=200)] = ""
    person: Person = Field(default_factory=Person)
    body: str
    history: Duration | None = None
    disease: Diseases = None
    conditions: Annotated[list[_Name], Field(max_length=100)] = Field(default_factory=list)
    medication: Annotated[list[_Name], Field(max_length=100)] = Field(default_factory=list)
    labs: Labs | None = None
    further_labs: FurtherLabs | None = None
    setting: Annotated[_Name | None, Field(description="where the person is seen, for a diagnosis")] = None
    prevalence: Annotated[
        dict[_Name, Share], Field(max_length=100, description="in place of the setting's, for a diagnosis")
    ] = Field(default_factory=dict)
    site: Annotated[_Name | None, Field(description="where a calcification is, for a diagnosis")] = None
    pattern: Annotated[_Name | None, Field(description="how it looks, for a diagnosis")] = None
    plasma: PlasmaForm | None = None
    lesion: Lesion | None = None
    tissues: dict[TissueName, TissueForm] = Field(default_factory=dict)
    injuries: dict[TissueName, InjuryForm] = Field(default_factory=dict)
    organs: Organs | None = None
    changes: ChangeSet = Field(default_factory=dict)
    changes_from: NamedFile = ""
    goal: GoalForm | None = None
    arms: Annotated[dict[_Name, Actions], Field(min_length=1, max_length=MOST_ARMS)]
    run: Timing


def schema() -> dict[str, Any]:
    """The JSON Schema of a case file."""
    found = CaseForm.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "Calcis case file"}
