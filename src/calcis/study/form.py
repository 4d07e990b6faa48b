"""What may stand in a file of experiments?  Its form, checked by pydantic.

    calcis_validation: 1
    title: What the file is about
    source: "moore_lotridge_2019: figure 2"   # these five hold for all that does not say otherwise
    kind: observed                            # or computed, or recalled: KINDS
    fitted: false                             # or the words by what: a script, or by hand
    within: [digits, 0.1 %]                   # of what is to equal a number: terms are added
    why: the reason for that
    case: {...}                               # an ordinary case; an experiment's own is laid over it
    experiments:
      abcc6:
        case: {...}                           # or the name of a case file beside this one
        observations:
          - {of: mineral_total, at: 28 d, most: 30 mmol/L, why: "resolved by day 28"}

In place of a case there may be a `fluid`, as `calcis saturation` reads it; its quantities have no time.
An observation names a quantity of the run and when, what to set it in relation to, and what it was found
to be.  README.md in `validation/` tells it in full.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from calcis.case.form import ChangeSet, PlasmaForm
from calcis.case.quantity import Moment, refusal
from calcis.reading import shown

KINDS = {
    "observed": "a published observation, read in the paper that reports it",
    "recalled": "a limit that was set from abstracts or at second hand; no figure of a paper was digitised",
    "computed": "a number that another program or author computed: about the equations, not about nature",
}

Window = Annotated[list[Moment], Field(min_length=2, max_length=2)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


def _fitted(entry: Any) -> Any:
    if entry is True or not (entry is None or isinstance(entry, bool | str)):
        raise refusal("false, or by what it was fitted: a script, or by hand", shown(entry))
    return entry


class Form(BaseModel):
    """Nothing but the named keys, and no value taken for what it is not."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Told(Form):
    """What an observation must be told with, said there or above it for many."""

    source: Text | None = None
    kind: Literal["observed", "recalled", "computed"] | None = None
    fitted: Annotated[Literal[False] | Text | None, BeforeValidator(_fitted)] = None
    within: list[Text] | None = None
    why: Text | None = None


class Measure(Form):
    """A number taken from a run: a quantity of an arm, at a time, over a window, or when it is reached."""

    of: Text | dict[str, float] | None = None  # a course, or a sum of courses by weight
    arm: str | None = None
    at: Moment | None = None
    highest: Window | None = None
    lowest: Window | None = None
    mean: Window | None = None
    decay: Window | None = None  # ln(first/last)/time
    time_of_highest: Window | None = None
    time_of_lowest: Window | None = None
    reaches: Text | None = None  # when it is first at least this


MEASURES = ("at", "highest", "lowest", "mean", "decay", "time_of_highest", "time_of_lowest", "reaches")


class Observation(Told, Measure):
    """A measure, relative to another (`over` it, or `minus` it) or `per` a constant, and what it is."""

    over: Measure | None = None
    minus: Measure | None = None
    per: Text | None = None
    equals: Text | None = None
    least: Text | None = None
    most: Text | None = None
    called: Text | None = None  # what it is about in words, instead of the course's name
    fails: Text | None = None  # why it is known to fail


class Then(Form):
    """From a time on: other numbers, another plasma, other infusions."""

    at: Moment
    changes: ChangeSet | None = None
    plasma: PlasmaForm | None = None
    infused: dict[str, Text] | None = None


class Baseline(Form):
    """What the patients of a trial had at the start: mean and, where it was told, standard deviation."""

    mean: Text
    sd: Text | None = None
    source: Text | None = None  # if it is not the experiment's


class Titrated(Form):
    """An arm in which each person has the first of several arms that does enough at a time, or the last."""

    arms: Annotated[list[str], Field(min_length=2, max_length=20)]
    until: dict[str, Text]
    at: Moment


class Patients(Form):
    """A virtual trial: how many persons, who is let in, and of which shares of them something is told."""

    simulated: Annotated[int, Field(ge=20, le=2000)] = 200
    entry: dict[str, Text] = Field(default_factory=dict)
    baseline: dict[str, Baseline] = Field(default_factory=dict)
    diseases: dict[str, Annotated[float, Field(gt=0, le=1e6)]] = Field(
        default_factory=dict
    )  # how many have it
    deposit: Text | None = None  # apatite that the lesion of each holds at the start of the run
    at: Moment = 0.0  # when they are let in; what is given before is the same in all arms
    titrated: dict[str, Titrated] = Field(default_factory=dict)
    shares: dict[str, dict[str, Text]] = Field(default_factory=dict)


class Experiment(Told):
    """A case, what is done that no case file can say, and what was observed."""

    title: Text = ""
    case: dict[str, Any] | Text | None = None
    fluid: dict[str, Any] | None = None
    start: dict[str, dict[str, Text]] = Field(default_factory=dict)  # arm -> state -> what it starts with
    infused: dict[str, Text] = Field(default_factory=dict)  # state -> rate
    patients: Patients | None = None  # over many persons: calcis.study.trials
    then: list[Then] = Field(default_factory=list, max_length=100)
    observations: Annotated[list[Observation], Field(min_length=1, max_length=1000)]


class ExperimentsForm(Told):
    """A file of experiments of format 1."""

    calcis_validation: Literal[1]
    title: Text
    molar_masses: dict[str, Text] = Field(default_factory=dict)  # of quantities that are printed as masses
    case: dict[str, Any] | None = None
    experiments: Annotated[dict[str, Experiment], Field(min_length=1, max_length=1000)]
