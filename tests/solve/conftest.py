"""Prints, at the end of the tests, how the solver's errors compare with the tolerances asked for."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each problem and tolerance: the global error as a multiple of the tolerance."""
    lines = [
        text
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for key, text in report.user_properties
        if key == "error factor" and report.when == "call"
    ]
    if lines:
        terminalreporter.section("global error / rtol, at the end of the interval and anywhere on the way")
        for line in lines:
            terminalreporter.write_line(line)
