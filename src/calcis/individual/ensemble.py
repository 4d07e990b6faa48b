"""Who may this person be?  Many persons who all match the labs, or who all have the disease of the case.

With labs, persons are drawn from what is known of the person who was found (`uncertainty.posterior`),
and of others who explain the labs nearly as well, each as often as it is plausible. Each lives with what
it has and is kept by how well its labs match: importance sampling, so that a linear guess does not
decide. Where many match ill, the next are drawn nearer to those who match well. How strongly a drug acts
that they take already is drawn with all that, as their labs are those under it. Without labs persons are
drawn from among people around the case's diseases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.case import Case
from calcis.errors import InputError
from calcis.individual.between import drawn, others
from calcis.individual.factors import search
from calcis.individual.find import as_found, look, told, usually_lived
from calcis.individual.fit import Fitted, Problem
from calcis.individual.individual import Individual
from calcis.individual.levels import Response
from calcis.individual.options import ARGUMENT, HEALTH, options
from calcis.individual.uncertainty import posterior
from calcis.simulate.ensemble import Factors, Members

_PROPOSED, _ROUNDS = 5, 4  # times as many persons are drawn as are asked for, and at most so often


@dataclass(frozen=True)
class Ensemble:
    """Persons of a case; the first is the one that `calcis run` simulates.

    members: what differs between them.  `worth`: how many independent draws the weights of all who were drawn
    amount to.  `individual` is the first, as it is told.
    """

    members: Members
    worth: float
    individual: Individual | None = None

    def __len__(self) -> int:
        return len(self.members.hours)

    @property
    def independent(self) -> float:
        """As how many independent draws each of them counts, at most 1."""
        return min(1.0, (self.worth + 1.0) / len(self))


def ensemble(case: Case, count: int, seed: int) -> Ensemble:
    """`count` persons of a case; the same case and seed give the same ones.

    Raises InputError where nobody can live with what the case gives.
    """
    chance = np.random.default_rng(seed)
    factors = drawn(case, count, seed)
    looked = look(case)
    if looked is None:
        return _around(case, count, chance, factors)
    problem, best = looked.problem, looked.choice.best
    mine, factors = factors.of({one.drug for one in case.taken})
    acting = [name for name in mine.names if name in problem.response.names]
    modes = [best, *looked.choice.others]
    plausible = np.exp([0.5 * (best.cost - one.cost) for one in modes])
    shares = _shares(plausible / plausible.sum(), count - 1)
    rows, hours, worth = [], [], 0.0
    for mode, many in zip(modes, shares, strict=True):
        if many:
            fresh, own = _drawn(case, problem, mode, many, acting, chance)
            rows += fresh
            worth += own
            hours += [problem.lived(mode.chosen)] * many
    found = told(case, looked)
    first = Response(as_found(case, found)).base
    return _ensemble(problem, [first, *rows], [found.hours, *hours], False, factors, worth, found)


def _around(case: Case, count: int, chance: np.random.Generator, factors: Factors) -> Ensemble:
    """Persons around the diseases of a case without labs."""
    response = Response(case)
    plainly = not case.history
    hours = case.history or search()["lived.usual"].value
    found = [one for one in options(case, response) if one.sort in (HEALTH, ARGUMENT)]
    problem = Problem(response, min(hours, usually_lived(case)) if plainly else hours, [], found)
    chosen = tuple(range(len(found)))
    spreads = np.array([one.spread for one in found])
    ends = np.array([one.ends for one in found]).reshape(-1, 2)
    rows: list[np.ndarray] = []
    for _ in range(_ROUNDS * _PROPOSED):
        if len(rows) >= count - 1:
            break
        drawn = spreads * chance.standard_normal((count, len(found)))
        drawn = drawn[((drawn >= ends[:, 0]) & (drawn <= ends[:, 1])).all(axis=1)]
        fresh = [problem.row(chosen, amounts.tolist()) for amounts in drawn]
        live = np.isfinite(response.levels(fresh, [problem.hours] * len(fresh))[:, 0]) if fresh else []
        rows += [row for row, lives in zip(fresh, live, strict=True) if lives]
    if len(rows) < count - 1:
        raise InputError("diseases and changes with which a body can live for its history", "others")
    rows = rows[: count - 1]
    return _ensemble(
        problem, [response.base, *rows], [hours] * count, plainly, factors, float(len(rows)), None
    )


def _drawn(
    case: Case, problem: Problem, mode: Fitted, count: int, acting: Sequence[str], chance: np.random.Generator
) -> tuple[list[np.ndarray], float]:
    """Numbers of persons who match the labs by one set of changes, and how many draws they are worth.

    acting: numbers of drugs that they take already, in which persons differ too.
    """
    known = posterior(problem, mode)
    centre, covariance = np.array(known.amounts), known.covariance
    spreads = np.array([problem.options[index].spread for index in known.chosen])
    ends = np.array([problem.options[index].ends for index in known.chosen]).reshape(-1, 2)
    weighed = problem.weights(mode.chosen)
    amounts, logs, strengths = np.zeros((0, len(centre))), np.zeros(0), np.zeros((0, len(acting)))
    for _ in range(_ROUNDS):
        root = np.linalg.cholesky(covariance)
        standard = chance.standard_normal((_PROPOSED * count, len(centre)))
        fresh = centre + standard @ root.T
        inside = ((fresh >= ends[:, 0]) & (fresh <= ends[:, 1])).all(axis=1)
        fresh, standard = fresh[inside], standard[inside]
        if not len(fresh):
            continue
        factors = others(case, acting, len(fresh), chance)
        off = problem.off([(known.chosen, tuple(one)) for one in fresh.tolist()], factors)
        misfit = ((off * weighed) ** 2).sum(axis=1) + ((fresh / spreads) ** 2).sum(axis=1)
        density = -0.5 * (standard**2).sum(axis=1) - np.log(np.diag(root)).sum()
        own = -0.5 * misfit - density
        lives = np.isfinite(own)
        amounts, logs = np.vstack([amounts, fresh[lives]]), np.append(logs, own[lives])
        strengths = np.vstack([strengths, factors.values[lives]])
        if len(logs) >= count and _worth(logs) >= 2.0 * count:
            break
        if len(logs):
            centre, covariance = _nearer(amounts, logs, known.covariance)
    if len(logs) < count:
        raise InputError("labs and diseases with which enough persons can live", "others")
    # The largest of log weight plus Gumbel noise: drawing by weight, nobody twice.
    keys = logs + chance.gumbel(size=len(logs))
    kept = np.argsort(-keys, kind="stable")[:count]
    rows = np.array([problem.row(known.chosen, one) for one in amounts[kept].tolist()])
    Factors(tuple(acting), strengths[kept]).on(rows, problem.response.names)
    return list(rows), min(_worth(logs), count)


def _nearer(amounts: np.ndarray, logs: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From where to draw next: the weighted mean of who was drawn, and half of their covariance with half of
    the first one, in which no direction is lost.
    """
    weights = np.exp(logs - logs.max())
    centre = weights @ amounts / weights.sum()
    apart = amounts - centre
    return centre, 0.5 * first + 0.5 * (apart.T * weights) @ apart / weights.sum()


def _worth(logs: np.ndarray) -> float:
    """To how many independent draws weights, as logarithms, amount: (Σw)²/Σw²."""
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def _shares(plausible: np.ndarray, count: int) -> list[int]:
    """`count` shared out in proportion; the largest remainders get what is left."""
    exact = plausible * count
    found = np.floor(exact).astype(int)
    for k in np.argsort(-(exact - found), kind="stable")[: count - int(found.sum())]:
        found[k] += 1
    return [int(one) for one in found]


def _ensemble(
    problem: Problem,
    rows: Sequence[np.ndarray],
    hours: Sequence[float],
    plainly: bool,
    factors: Factors,
    worth: float,
    individual: Individual | None,
) -> Ensemble:
    """Only numbers in which somebody differs from the case."""
    table, names = np.array(rows), problem.response.names
    differ = np.flatnonzero((table != problem.response.base).any(axis=0))
    named = tuple(names[k] for k in differ)
    members = Members(named, table[:, differ], np.array(hours, float), plainly, factors)
    return Ensemble(members, worth, individual)


def some(found: Ensemble, count: int) -> Ensemble:
    """The first `count` persons alone."""
    return replace(found, members=found.members.some(slice(count)))
