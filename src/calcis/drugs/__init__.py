"""Which drugs are there, how do they spread and leave, and what do they move in which body?

A drug is a file of data, data/drugs/<name>.yaml: its numbers, its kinetics (calcis.drugs.compartments or
calcis.drugs.own_hormone) and its actions (calcis.drugs.action), on a body, on tissue, or on what no body here
has (calcis.drugs.sites).  A new drug needs Python only where its kinetics or the law of its action is new.
"""

from calcis.drugs.drug import (
    INJECTED,
    TISSUE,
    absent,
    acts_on,
    drug_actions,
    drug_part,
    drug_waits,
    in_tissue,
    with_drugs,
)
from calcis.drugs.sites import SITES

__all__ = [
    "INJECTED",
    "SITES",
    "TISSUE",
    "absent",
    "acts_on",
    "drug_actions",
    "drug_part",
    "drug_waits",
    "in_tissue",
    "with_drugs",
]
