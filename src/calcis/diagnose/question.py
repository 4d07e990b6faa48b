"""Which sort of file is asked about: a case, a FHIR bundle, or a table of labs?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from calcis.diagnose.asked import Asked, read_asked
from calcis.diagnose.csv_labs import read_csv
from calcis.diagnose.fhir import read_bundle
from calcis.diagnose.lab_files import asked_by
from calcis.errors import InputError
from calcis.reading import read_text

TABLES = (".csv", ".tsv")


def read_question(
    file: Path, options: Mapping[str, str], age: str | None = None, sex: str | None = None
) -> Asked:
    """What a file asks; `age` and `sex` are those of the person of a table or bundle.

    Raises InputError, with place, for what is wrong with it.
    """
    if file.suffix.lower() in TABLES:
        return asked_by(file, read_csv(read_text(file), str(file)), age, sex, options)
    if file.suffix.lower() == ".json":
        text = read_text(file)
        if '"resourceType"' in text:
            return asked_by(file, read_bundle(text, str(file)), age, sex, options)
    for name, value in (("age", age), ("sex", sex)):
        if value is not None:
            expected = f"no --{name} with a case, which has a person (it is for tables and bundles of labs)"
            raise InputError(expected, value, str(file))
    return read_asked(file, options)
