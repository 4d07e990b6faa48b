"""The subjects of subjects.py, each made once."""

from __future__ import annotations

import pytest

from tests.exchange import subjects
from tests.exchange.subjects import Subject


@pytest.fixture(scope="session")
def body() -> Subject:
    return subjects.body()


@pytest.fixture(scope="session")
def dosed() -> Subject:
    return subjects.dosed()


@pytest.fixture(scope="session")
def tissue() -> Subject:
    return subjects.tissue()


@pytest.fixture(scope="session")
def person() -> Subject:
    return subjects.person()
