"""What if plasma, or a culture medium, is given and no body makes it?  Then there is nothing to solve.

For cell cultures, and for animals whose plasma was measured.
"""

from calcis.ledger import Balance
from calcis.part import Part

PARTS: tuple[Part, ...] = ()
BALANCES: tuple[Balance, ...] = ()
PERSON: dict[str, str] = {}

LIMITS = (
    "Plasma or medium is what the case gives: what the tissue takes up or sets free does not change it, as "
    "it would in a dish with little medium.",
)
