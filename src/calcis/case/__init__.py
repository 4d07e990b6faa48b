"""Who is simulated, and what is done when?"""

from calcis.case.case import Case, Treatment
from calcis.case.doses import Dose
from calcis.case.drugs import Drug
from calcis.case.form import schema
from calcis.case.reader import read_case, read_case_text
from calcis.case.vocabulary import Vocabulary, packaged

__all__ = [
    "Case",
    "Dose",
    "Drug",
    "Treatment",
    "Vocabulary",
    "packaged",
    "read_case",
    "read_case_text",
    "schema",
]
