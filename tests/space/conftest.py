"""Numbers that tests of lesions in space share; those in which macrophages fail have their own."""

import pytest

from tests.space.problems import tissue_numbers


@pytest.fixture(scope="module")
def numbers():
    return tissue_numbers()
