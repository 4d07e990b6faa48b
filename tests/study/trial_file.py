"""How does a test write the file of a virtual trial?"""

from pathlib import Path

HEAD = """calcis_validation: 1
title: A trial
source: "major_2001: abstract"
kind: observed
fitted: false
why: a test
"""


def written(folder: Path, text: str) -> Path:
    """The trial of `text`, which goes on after HEAD, in a file."""
    file = folder / "trial.yaml"
    file.write_text(HEAD + text)
    return file
