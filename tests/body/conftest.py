"""The traced body, shared by the tests that need its course."""

from __future__ import annotations

from typing import Any

import pytest

from tests.body.traced import Body


@pytest.fixture(scope="session")
def body() -> Any:
    return Body()
