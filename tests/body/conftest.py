"""The traced body, shared by the tests that need its course."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

COMPARE = Path(__file__).parents[2] / "validation" / "peterson_riggs_2010" / "compare.py"


def load_compare() -> ModuleType:
    """The comparison script as a module."""
    name = "peterson_riggs_2010_compare"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, COMPARE)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def compare() -> ModuleType:
    return load_compare()


@pytest.fixture(scope="session")
def body(compare: ModuleType) -> Any:
    return compare.Body()
