"""What blood and urine have persons with each disease?  Simulated once, and kept between processes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import numpy as np

from calcis import __version__
from calcis.cache import cache_folder, keep, kept
from calcis.clinical.bounds import bounds
from calcis.diagnose.hypotheses import Hypothesis, hypotheses
from calcis.diagnose.numbers import number
from calcis.diagnose.people import People, columns_of, people, response
from calcis.parameters import data_path
from calcis.reading import read_text
from calcis.solve.integrate import solve
from calcis.solve.schedule import Lane
from calcis.units import convert

# What is kept of each person, with units.
KEPT = (
    "calcium_plasma",
    "calcium_ionised_plasma",
    "phosphate_plasma",
    "magnesium_plasma",
    "glomerular_filtration_rate",
    "pth_plasma",
    "calcidiol_plasma",
    "calcitriol_plasma",
    "fgf23_plasma",
    "bicarbonate_plasma",
    "pthrp_plasma",
    "calcium_urine",
    "calcium_creatinine_clearance_ratio",
    "calcium_protein_bound_plasma",
    "ph_plasma",
    "extracellular_volume_relative",
)
ALBUMIN = "calcium_binding.albumin"
STAGED = "ckd"  # of which a setting keeps the stages that it has
_TOLERANCE = 1e-5
# Whose text decides who is there: data and code, as patterns, and other packages.
_DATA = (
    "body/*",
    "diseases/*",
    "individual/factors*",
    "diagnose/durations*",
    "diagnose/numbers*",
    "diagnose/severities*",
    "clinical/bounds*",
)
_CODE = (
    *("body/**/*", "part", "elementary", "individual/factors", "individual/levels", "solve/*"),
    *(
        f"diagnose/{name}"
        for name in ("durations", "ensemble", "hypotheses", "numbers", "people", "severities")
    ),
)
_PACKAGES = ("casadi", "numpy")


@dataclass(frozen=True)
class Ensemble:
    """Simulated persons by hypothesis: what is KEPT of each (person, quantity), and albumin (person,)."""

    age: float
    levels: Mapping[Hypothesis, np.ndarray]
    albumin: Mapping[Hypothesis, np.ndarray]


@cache
def units() -> Mapping[str, str]:
    """The unit of each quantity that is kept."""
    return {name: response().model.signals[name] for name in KEPT}


def ensemble(age: float, progress: Callable[[str, float], None] = lambda stage, share: None) -> Ensemble:
    """The persons of a decade of age (y), from what was kept between processes if it can."""
    decade = min(90.0, max(20.0, 10.0 * round(age / 10.0)))
    path = cache_folder() / f"diagnose-{_key(decade)}.npz"
    content = kept(path)
    if content is not None:
        return _restored(content, decade)
    found = simulated(decade, progress)
    keep(path, _stored(found))
    return found


def simulated(
    age: float,
    progress: Callable[[str, float], None] = lambda stage, share: None,
    seed: int | None = None,
    few: float = 1.0,
    among: Sequence[Hypothesis] | None = None,
) -> Ensemble:
    """Persons of an age, anew; `few` of the usual number, another seed for others of the same sort."""
    levels, albumin = {}, {}
    every = hypotheses() if among is None else among
    for place, one in enumerate(every):
        progress("simulating persons", place / len(every))
        size = ("healthy", "one", "two")[len(one.diseases)]
        more = number("ensemble.staged") if STAGED in one.diseases else 1.0
        count = max(8, round(few * more * number(f"ensemble.{size}")))
        group = simulated_of(one, count, age, seed)
        levels[one], albumin[one] = _rounded(group.levels[one]), _rounded(group.albumin[one])
    return Ensemble(age, levels, albumin)


def simulated_of(one: Hypothesis, count: int, age: float, seed: int | None = None) -> Ensemble:
    """`count` persons with a hypothesis, less those who do not live."""
    group = people(one, count, age, int(number("ensemble.seed")) if seed is None else seed)
    found = lived(group)
    alive = _alive(found)
    albumin = group.numbers[alive, response().names.index(ALBUMIN)]
    return Ensemble(age, {one: found[alive]}, {one: albumin})


def lived(group: People) -> np.ndarray:
    """What is KEPT of each person in the end (person, quantity); NaN of who did not live."""
    body, kernel = response(), response()._kernel
    columns = columns_of(KEPT)
    starts = _starts(group.before_numbers)
    found = np.full((len(starts), len(KEPT)), np.nan)
    well = [place for place in range(len(starts)) if np.isfinite(starts[place]).all()]
    lanes = [Lane(str(k), group.before_numbers[k], starts[k], -group.before[k], 0.0) for k in well]
    if not lanes:
        return found
    first = solve(kernel, lanes, np.zeros(1), _TOLERANCE, max_steps=4_000)
    found[well] = first.signals[:, 0, columns]
    if not (group.since > 0.0).any():
        return found
    # What came last changes numbers, and what a body starts with that follows from them.
    states = first.states[:, 0] + (_starts(group.numbers) - starts)[well]
    lanes, places = [], []
    found[:] = np.nan
    for place, begin in zip(well, states, strict=True):
        if np.isfinite(begin).all():
            lanes.append(Lane(str(place), group.numbers[place], begin, -group.since[place], 0.0))
            places.append(place)
    if lanes:
        last = solve(kernel, lanes, np.zeros(1), _TOLERANCE, max_steps=4_000)
        found[places] = last.signals[:, 0, columns]
    assert len(body.names) == group.numbers.shape[1]
    return found


def _starts(table: np.ndarray) -> np.ndarray:
    """The states with which bodies start (person, state); NaN of one that cannot."""
    body = response()
    try:
        with np.errstate(all="ignore"):
            found = body.model.start(dict(zip(body.names, table.T, strict=True)))
        columns = [np.broadcast_to(np.asarray(value, float), len(table)) for value in found.values()]
        return np.stack(columns, axis=1)
    except ArithmeticError:
        return np.stack([_start(row) for row in table])


def _start(row: np.ndarray) -> np.ndarray:
    body = response()
    try:
        found = body.model.start(dict(zip(body.names, row.tolist(), strict=True)))
    except ArithmeticError:
        return np.full(len(body.model.states), np.nan)
    return np.array(list(found.values()), float)


def _alive(levels: np.ndarray) -> np.ndarray:
    """Who lives, and is not beyond what few have survived (person,)."""
    well: np.ndarray = np.isfinite(levels).all(axis=1)
    for dotted, bound in bounds().items():
        name, _, end = dotted.partition(".")
        if name in KEPT:
            limit, column = convert(*bound.shown, units()[name]), levels[:, KEPT.index(name)]
            with np.errstate(invalid="ignore"):
                well &= column <= limit if end == "high" else column >= limit
    return well


@cache
def _key(age: float) -> str:
    """What decides who is simulated: version, data, code of the body."""
    digest = hashlib.sha256(f"ensemble 1 {__version__} {age} {_TOLERANCE} {KEPT}".encode())
    for root, patterns, ending in ((data_path(), _DATA, "yaml"), (data_path().parent, _CODE, "py")):
        for pattern in patterns:
            for path in sorted(root.glob(f"{pattern}.{ending}")):
                digest.update(f"{path.relative_to(root)}\n{read_text(path)}".encode())
    for package in _PACKAGES:
        digest.update(f"{package} {metadata.version(package)}".encode())
    return digest.hexdigest()


def _rounded(values: np.ndarray) -> np.ndarray:
    """Values as they are kept, in single precision, so that what is read again is the same."""
    return values.astype(np.float32).astype(float)


def _stored(found: Ensemble) -> bytes:
    stream = io.BytesIO()
    tables = {f"l{k}": one.astype(np.float32) for k, one in enumerate(found.levels.values())}
    tables |= {f"a{k}": one.astype(np.float32) for k, one in enumerate(found.albumin.values())}
    np.savez(stream, **tables)  # type: ignore[arg-type]
    return stream.getvalue()


def _restored(content: bytes, age: float) -> Ensemble:
    with np.load(io.BytesIO(content), allow_pickle=False) as tables:
        every = hypotheses()
        levels = {one: tables[f"l{k}"].astype(float) for k, one in enumerate(every)}
        return Ensemble(age, levels, {one: tables[f"a{k}"].astype(float) for k, one in enumerate(every)})
