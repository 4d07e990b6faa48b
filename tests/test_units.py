"""Are units read, converted and refused rightly?  pint is the oracle; it is not used at run time."""

import re
import subprocess
import sys
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.errors import InputError
from calcis.units import UnitError, convert, dimension, in_words, read_quantity

# Pairs of one dimension; pint's spelling where it differs from ours.
PAIRS = [
    ("mmol/L", "mol/m^3"),
    ("pmol/L", "mmol/L"),
    ("nM", "mmol/L"),
    ("mL/min", "L/h"),
    ("dL", "mm^3"),
    ("l/d", "mL/min"),
    ("1/y", "1/h"),
    ("1/wk", "1/d"),
    ("mm^2/d", "cm^2/s"),
    ("1/mm^3", "1/mL"),
    ("L/mol", "mm^3/mmol"),
    ("ug/kg", "%"),
    ("mg/dL", "g/L"),
    ("ng/mL", "pg/mL"),
    ("µmol/L", "nmol/mL"),
    ("J/(mol*K)", "kJ/mol/K"),
    ("kJ/mol", "J/mmol"),
    ("g/mol", "kg/mol"),
    ("mg*mm^2/min^3", "g*m^2/h^3"),
    ("h^-1", "1/s"),
    ("ppm", "1"),
    ("mcg/d", "ng/h"),
    ("mPa", "kPa"),
    ("L/(pmol*h)", "L/mmol/d"),
    ("fL", "um^3"),
]
PINT = {"%": "percent", "y": "year", "wk": "week", "d": "day", "mcg": "ug"}


@pytest.fixture(scope="module")
def oracle() -> pint.UnitRegistry:
    return pint.UnitRegistry(non_int_type=Fraction)


def _factor(registry: pint.UnitRegistry, unit: str) -> pint.Quantity:
    words = unit.replace("^", "**").replace("µ", "u")
    for ours, theirs in PINT.items():
        words = words.replace(ours, theirs) if ours == "%" else _whole(words, ours, theirs)
    return registry.Quantity(Fraction(1), words)


def _whole(words: str, ours: str, theirs: str) -> str:
    return re.sub(rf"\b{ours}\b", theirs, words)


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_conversion_is_that_of_pint_rounded_once(oracle: pint.UnitRegistry, here: str, there: str) -> None:
    exact = _factor(oracle, here).to(_factor(oracle, there).units).magnitude
    assert convert(1.0, here, there) == float(exact)
    assert convert(0.1, here, there) == float(Fraction(0.1) * exact)


@pytest.mark.parametrize(("here", "there"), PAIRS)
@given(value=st.floats(1e-12, 1e12))
def test_there_and_back(here: str, there: str, value: float) -> None:
    assert convert(value, here, here) == value
    # two correctly rounded operations: at most one unit in the last place each
    assert convert(convert(value, here, there), there, here) == pytest.approx(value, rel=2**-51)


def test_a_year_is_the_julian_year() -> None:
    assert convert(1, "y", "d") == 365.25


def test_pressure_and_cells() -> None:
    assert convert(1, "mmHg", "Pa") == 133.322387415
    assert dimension("cells/mm^3") == dimension("1/mm^3")


def test_biological_activity_is_a_dimension_of_its_own() -> None:
    assert convert(2, "kIU/L", "IU/mL") == 2
    with pytest.raises(UnitError) as wrong:
        convert(1, "IU", "ug", molar_mass=4117.8)
    assert wrong.value.expected == "a unit of mass, such as ug"
    assert wrong.value.got == "IU (biological activity)"


def test_mass_becomes_amount_through_the_molar_mass() -> None:
    assert convert(10, "mg/dL", "mmol/L", molar_mass=40.0) == 2.5
    assert convert(2.5, "mmol/L", "mg/dL", molar_mass=40.0) == 10
    assert convert(1, "L/g", "L/mol", molar_mass=40.0) == 40
    assert convert(1, "1/mmol^2", "1/mg^2", molar_mass=40.0) == 1 / 1600


def test_a_missing_molar_mass_is_said_in_words() -> None:
    with pytest.raises(UnitError) as wrong:
        convert(9.4, "mg/dL", "mmol/L")
    assert str(wrong.value) == "expected a molar mass in g/mol, to turn mg/dL into mmol/L, got none"


@pytest.mark.parametrize("molar_mass", [0.0, -40.0, float("nan"), float("inf")])
def test_an_impossible_molar_mass_is_refused(molar_mass: float) -> None:
    with pytest.raises(UnitError):
        convert(9.4, "mg/dL", "mmol/L", molar_mass=molar_mass)


def test_another_dimension_is_refused_in_words() -> None:
    with pytest.raises(UnitError) as wrong:
        convert(1, "mL/min", "L")
    assert wrong.value.expected == "a unit of length^3, such as L"
    assert wrong.value.got == "mL/min (length^3 / time)"


@pytest.mark.parametrize(
    ("same", "as_this"),
    [
        ("mmol·L⁻¹", "mmol/L"),
        ("mm³", "mm^3"),
        ("mm3", "mm^3"),
        ("mm**2/d", "mm^2/d"),
        ("μg", "ug"),
        ("weeks", "wk"),
        ("days", "d"),
        ("hour", "h"),
        ("mL/minute", "mL/min"),
        ("1 / ( mm^2 * h )", "1/mm^2/h"),
        ("mol/m^3*L", "mol*L/m^3"),
    ],
)
def test_spellings(same: str, as_this: str) -> None:
    assert dimension(same) == dimension(as_this)
    assert convert(1, same, as_this) == 1


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("mmoll/L", "mmol/L"),
        ("MG", "mg"),
        ("HOURS", "hours"),
        ("ml/Min", "ml/min"),
        ("mmol L", None),
        ("a b", None),
        ("", None),
        ("/h", None),
        ("1/", None),
        ("mm^", None),
        ("mm^99", None),
        ("mm^" + "9" * 5000, None),
        ("(mm", None),
        ("((mm))", None),
        ("mm)", None),
        ("12/h", None),
        ("mL/min/1.73m^2", None),
        ("🦴", None),
        ("m" * 10_000, None),
        ("__import__('os')", None),
    ],
)
def test_what_is_no_unit_is_refused_with_the_nearest(text: str, nearest: str | None) -> None:
    with pytest.raises(UnitError) as wrong:
        dimension(text)
    assert isinstance(wrong.value, InputError)
    assert wrong.value.nearest == nearest
    assert len(str(wrong.value)) < 200


@pytest.mark.parametrize(
    ("text", "hint"), [("months", "weeks"), ("mEq/L", "mmol"), ("°C", "K"), ("U/L", "IU"), ("month", "days")]
)
def test_ambiguous_units_say_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UnitError) as wrong:
        dimension(text)
    assert hint in wrong.value.expected


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("25 mL/min", (25.0, "mL/min")),
        (" 25mL/min ", (25.0, "mL/min")),
        ("1e-5 1/h", (1e-5, "1/h")),
        ("-1.668", (-1.668, "1")),
        ("90 %", (90.0, "%")),
        (".5 d", (0.5, "d")),
        ("5.d", (5.0, "d")),
    ],
)
def test_quantities(text: str, quantity: tuple[float, str]) -> None:
    assert read_quantity(text) == quantity


@pytest.mark.parametrize(
    "text",
    ["", "mL", "1/h", "9,4 mg/dL", "inf d", "nan", "1e999 d", "1.5.2 h", "1 1 h", "--1 d", "0x1 d", "٣ d"],
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        read_quantity(text)


@given(st.text(max_size=40))
def test_any_text_is_a_unit_or_a_unit_error(text: str) -> None:
    for read in (dimension, read_quantity):
        try:
            read(text)  # type: ignore[operator]
        except UnitError as wrong:
            assert wrong.expected and wrong.got


@given(st.text(alphabet="mLgolh1/*^()- %dsK²⁻µ", max_size=25))
def test_text_like_units_is_a_unit_or_a_unit_error(text: str) -> None:
    try:
        words = in_words(dimension(text))
    except UnitError:
        return
    assert words


def test_a_number_beyond_floats_is_refused() -> None:
    with pytest.raises(UnitError):
        convert(1e308, "y", "s")


def test_pint_is_not_imported_at_run_time() -> None:
    code = "import sys, calcis.units; sys.exit('pint' in sys.modules or 'difflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
