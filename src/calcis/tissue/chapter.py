"""What is one step of the story of a lesion?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One step of the story: its title, when it is (h; None for what has no time), its text and level.

    `rests_on` are the dotted names of the numbers that decide it most; `when` is the time in words.
    """

    title: str
    at: float | None
    text: str
    level: str = "info"
    rests_on: tuple[str, ...] = ()
    when: str = ""
