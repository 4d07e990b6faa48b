"""Who is this person?  The body whose state matches measured labs by the fewest plausible changes.

`find(case)` looks for that person, `as_found(case, individual)` is the case as it then runs.
"""

from calcis.individual.find import as_found, find
from calcis.individual.individual import Individual

__all__ = ["Individual", "as_found", "find"]
