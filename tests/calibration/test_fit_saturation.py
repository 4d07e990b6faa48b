"""Does the committed script give the committed constants of saturation?"""

import pytest

from calcis.chemistry.saturation import FILES, FITTED, surrogate
from calcis.parameters import data_path, read_parameters, read_text
from calibration.fit_saturation import (
    RANGE_FILE,
    complete,
    fit,
    largest_errors,
    numbers_text,
    range_text,
    stated,
)


@pytest.mark.parametrize("base", FILES)
def test_constants_are_those_that_the_script_fits(base):
    committed = vars(surrogate(base))
    found = complete(base, fit(base))
    for name, value in found.items():
        assert value == pytest.approx(committed[name], rel=1e-3, abs=1e-4), name
    file = read_text(data_path("chemistry", FILES[base]))
    assert numbers_text(base, {name: committed[name] for name in found}) == file
    assert set(FITTED) < set(committed)


def test_stated_errors_are_those_that_the_script_measures():
    told = {base: stated(largest_errors(base, vars(surrogate(base)))) for base in FILES}
    committed = read_parameters(data_path("chemistry", RANGE_FILE))
    for base, errors in told.items():
        for name, value in errors.items():
            assert value == pytest.approx(committed[f"{base}.{name}"].value, abs=1e-9)
    assert range_text(told) == read_text(data_path("chemistry", RANGE_FILE))
