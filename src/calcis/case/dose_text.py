"""How is a dose written?  As a clinician writes it: "calcitonin 100 IU SC every 12 h for 2 d".

    DRUG AMOUNT UNIT[/kg] ROUTE [over TIME] [WHEN]        (the drug may also follow the amount)

WHEN is, in any order: `every TIME` (or daily, twice daily, weekly, q12h, every other day ...), `for
TIME` or `for N doses` or `x N`, `from TIME` (or from day N), `until TIME`; or `at TIME` or `at day N`
for a single dose.  Nothing said means once, at the start; `every` alone means to the end of the run.
`averaged` pours the doses of a course in evenly: quicker, for what is slower than their interval.
Day 0 is the start of the run; a dose that falls on `until`, or on the end of the run, is not given.

A course (`for TIME`) gives its last dose where at least a twentieth of its interval is left: every
26 weeks for 2 y is four doses, not a fifth on the last two days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from calcis.case.doses import MOST_DOSES, Dose, Plan, check_most, in_mg, measured
from calcis.case.drugs import ROUTES, Drug
from calcis.clinical.history import classes, medicines
from calcis.errors import InputError, nearest
from calcis.units import HOURS_PER_YEAR, UnitError, convert, dimension, read_quantity

_ROUTE_WORDS = {
    "SC": "sc subcut subcutaneous subcutaneously",
    "IV": "iv intravenous intravenously",
    "IM": "im intramuscular intramuscularly",
    "PO": "po oral orally",
    "IL": "il intralesional intralesionally",
}
_ROUTE = {word: route for route, words in _ROUTE_WORDS.items() for word in words.split()}
_OTHER_ROUTES = [  # by which nothing is given here
    *("in", "intranasal", "intranasally", "rectal", "rectally", "pr", "sublingual", "sublingually", "sl"),
    *("inhaled", "topical", "topically", "transdermal", "intrathecal"),
    *("intraosseous", "intraperitoneal", "ip", "intradermal", "id"),
]
_AT_ONCE = ("PO", "IM", "IL")  # what is swallowed, or injected into muscle or a lesion, is not infused
_EVERY = {  # hours
    "hourly": 1.0,
    "daily": 24.0,
    "nightly": 24.0,
    "weekly": 168.0,
    "fortnightly": 336.0,
    "yearly": HOURS_PER_YEAR,
    "annually": HOURS_PER_YEAR,
    "bid": 12.0,
    "tid": 8.0,
    "qid": 6.0,
}
_ELSEWHERE = {  # what is no drug -> how a case says it
    **dict.fromkeys(("dialysis", "haemodialysis", "hemodialysis"), "{disease: dialysis}"),
    **dict.fromkeys(("excise", "excision", "surgery"), "{excise: {at: 30 d, margin: 2 mm}}"),
    **dict.fromkeys(("debulk", "debulking"), "{debulk: {at: 30 d, share: 0.7}}"),
    **dict.fromkeys(("curette", "curettage"), "{curette: {at: 30 d, share: 0.7}}"),
    "laser": "{laser: {at: 30 d, share: 0.7}}",
    "lithotripsy": "{lithotripsy: {at: 30 d, share: 0.7}}",
    "stop": "{stop: warfarin}",
}
_ALONE = ("parathyroidectomy", "radiotherapy")  # procedures, of which nothing more is said
_ALIKE = 0.75  # so that nobody is asked whether diazepam is diltiazem
_DOSED = ("mg", "ug", "g", "ng", "IU", "mmol", "umol", "nmol", "mL", "L")
_TIMES = {"twice": 2, "thrice": 3}
_COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}  # before "times"
_UNIT_WORDS = ("h", "hour", "d", "day", "wk", "week", "y", "year")
_WHEN = ("every", "for", "from", "starting", "until", "at", "on", "over", "once", *_EVERY)
_NUMBER = re.compile(r"(?P<number>[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?)(?P<unit>.*)")


def read_dose(text: str, drugs: Mapping[str, Drug], end: float, mass: float | None = None) -> Dose:
    """The dose that `text` describes, for a run of `end` hours and a person of `mass` kg.

    Raises InputError whose `column` is the place in `text`, for a word, unit, drug, route or time
    that cannot be understood or does not fit.
    """
    words = _Words(text)
    drug = _drug(words, drugs)
    offset = words.offset()
    amount, unit = _quantity(words, "an amount, such as 60 mg")
    if not amount > 0:
        raise words.refuse("an amount above 0", f"{amount:g} {unit}", offset)
    drug = drug or _drug(words, drugs, required=True)
    assert drug is not None
    with _placed(offset):
        given, given_unit = measured(drug, amount, unit, mass)
    each = in_mg(drug, given, given_unit)
    plan = _plan(words, drug)
    if plan.route is None and len(drug.routes) > 1:
        raise words.refuse(f"a route of {drug.title}: {', '.join(drug.routes)}", "none")
    route = plan.route or next(iter(drug.routes))
    if route in drug.most_by:
        with _placed(offset):
            check_most(drug, given, given_unit, drug.most_by[route], f"{amount:g} {unit}", route)
    if plan.over and route in _AT_ONCE:
        raise words.refuse(f"a dose {route} at once, or IV over a time", f"{route} over {plan.over:g} h", 0)
    with _placed(0):
        times = plan.times(end)
    kept = tuple(time for time in times if time < end)
    if not kept:
        raise words.refuse(f"a dose before the end of the run at {end / 24:g} d", f"{times[0] / 24:g} d", 0)
    plain = " ".join(text.split())
    dropped, over = len(times) - len(kept), plan.over
    if plan.averaged and plan.every is not None:
        given, over, kept = given * len(kept), plan.every * len(kept), kept[:1]
    state = drug.routes[route]
    return Dose(drug.name, given, given_unit, state, route, kept, over, plain, dropped, plan.averaged, each)


@contextmanager
def _placed(offset: int) -> Iterator[None]:
    """Give complaints from checks that do not see the text their place in it."""
    try:
        yield
    except InputError as wrong:
        raise InputError(wrong.expected, wrong.got, column=offset + 1, nearest=wrong.nearest) from None


class _Words:
    """The words of a dose, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.next = text, 0
        self.words = [(word.group(), word.start()) for word in re.finditer(r"\S+", text)]

    def raw(self, ahead: int = 0) -> str:
        """A word as written; empty after the last."""
        index = self.next + ahead
        return self.words[index][0] if index < len(self.words) else ""

    def peek(self, ahead: int = 0) -> str:
        """A word in small letters, without the points of s.c."""
        return self.raw(ahead).lower().rstrip(",;").replace(".", "")

    def offset(self, ahead: int = 0) -> int:
        """Where a word starts in the text."""
        index = self.next + ahead
        return self.words[index][1] if index < len(self.words) else len(self.text)

    def left(self) -> int:
        return len(self.words) - self.next

    def take(self, *choices: str) -> bool:
        """Step over the next word if it is one of `choices`."""
        if not self.left() or self.peek() not in choices:
            return False
        self.next += 1
        return True

    def refuse(self, expected: str, got: str | None = None, offset: int | None = None) -> InputError:
        """A complaint about the next word, or about `got` at `offset`."""
        if got is None:
            got = repr(self.raw()[:60]) if self.left() else "the end of the dose"
        return InputError(expected, got, column=(self.offset() if offset is None else offset) + 1)


def _drug(words: _Words, drugs: Mapping[str, Drug], required: bool = False) -> Drug | None:
    names = {name.lower(): drug for drug in drugs.values() for name in drug.names}
    longest = max((len(name.split()) for name in names), default=1)
    for length in range(min(longest, words.left()), 0, -1):
        name = " ".join(words.raw(ahead) for ahead in range(length)).lower()
        if name in names:
            words.next += length
            return names[name]
    if not required and words.raw()[:1] in tuple("+-.0123456789"):
        return None
    if words.peek() in medicines():
        raise words.refuse(f"a drug that is simulated ({words.peek()} may stand in `medication`)")
    if words.peek() in _ALONE:
        raise words.refuse(f"{words.peek()} alone, at the start of the run", f"{words.text.strip()[:60]!r}")
    if words.peek() in _ELSEWHERE:
        raise words.refuse(f"{_ELSEWHERE[words.peek()]}, which is no dose")
    group = classes().get(words.peek().rstrip("s"))
    if group is not None:
        own = sorted(group & set(drugs))
        none = f"a drug that is simulated ({', '.join(sorted(group))} may stand in `medication`)"
        raise words.refuse(f"one drug of that class: {', '.join(own)}" if own else none)
    wrong = words.refuse("a drug that `calcis explain` lists, and its dose")
    raise replace(wrong, nearest=nearest(words.raw(), names, least=_ALIKE) if words.left() else None)


def _quantity(words: _Words, example: str) -> tuple[float, str]:
    """A number and its unit, in one word or two."""
    match = _NUMBER.fullmatch(words.raw())
    if not match:
        raise words.refuse(example)
    number, unit, ahead = match["number"], match["unit"], 0
    if not unit:
        unit, ahead = words.raw(1).rstrip(",;"), 1
    try:
        value, _ = read_quantity(number)
    except UnitError as wrong:
        raise words.refuse(wrong.expected) from None
    words.next += ahead
    if not unit or unit.lower().replace(".", "") in _ROUTE:
        raise words.refuse(f"a unit after {number} ({example})")
    try:
        dimension(unit)
    except UnitError as wrong:
        expected = example if wrong.expected.startswith("a unit such as") else wrong.expected
        known = (*_DOSED, *_UNIT_WORDS, "min")
        unknown = wrong.expected.startswith("a unit such as") and words.peek() not in _ROUTE
        like = nearest(unit, known, least=0.6) if unknown else None
        raise replace(words.refuse(expected), nearest=like) from None
    words.next += 1
    return value, unit


def _time(words: _Words, example: str, least: float = 0.0) -> float:
    """A time in hours, at least `least`."""
    offset = words.offset()
    value, unit = _quantity(words, example)
    if dimension(unit) != dimension("h"):
        raise words.refuse(example, f"{value:g} {unit}", offset)
    with _placed(offset):
        hours = convert(value, unit, "h")
    if hours < least:
        raise words.refuse(f"at least {least * 60:g} min", f"{value:g} {unit}", offset)
    return hours


def _plan(words: _Words, drug: Drug) -> Plan:
    plan, said = Plan(), dict[str, str]()
    while words.left():
        offset, word = words.offset(), words.raw()
        settled = _piece(words, plan, drug)
        if settled in said:
            raise words.refuse(f"{settled} said once", f"{word!r} after {said[settled]!r}", offset)
        said[settled] = word
    return plan


def _piece(words: _Words, plan: Plan, drug: Drug) -> str:
    """Read one piece into the plan; returns what it settles."""
    word = words.peek()
    if word in _OTHER_ROUTES:
        raise words.refuse(f"a route of {drug.title}: {', '.join(drug.routes)}")
    if word in _ROUTE or (word == "by" and words.peek(1) == "mouth"):
        plan.route = _ROUTE.get(word, "PO")
        if plan.route not in drug.routes:
            raise words.refuse(f"a route of {drug.title}: {', '.join(drug.routes)}")
        words.next += 2 if word == "by" else 1
        return "the route"
    if word in _TIMES and words.peek(1) not in _EVERY:
        words.next += 1
        raise words.refuse(f"daily, weekly or yearly after {word}")
    if words.take("bolus"):
        return "how long it takes"
    if words.take("averaged"):
        if not drug.averaged:
            expected = f"doses of {drug.title} one by one, as their effect is not that of an average"
            raise words.refuse(expected, "averaged")
        plan.averaged = True
        return "how long it takes"
    if words.take("over"):
        plan.over = _time(words, "a time, such as over 15 min", least=1 / 60)
        return "how long it takes"
    if words.take("once"):
        if words.peek() in _EVERY:
            plan.every = _EVERY[words.peek()]
            words.next += 1
        return "how often"
    every = _every(words)
    if every is not None:
        plan.every = every
        return "how often"
    if words.take("for", "x") or re.fullmatch("x[0-9]+", word):
        return _length(words, plan, word)
    if words.take("from", "starting", "at", "on", "until"):
        return _moment(words, plan, word)
    if word in ("monthly", "month", "months"):
        raise words.refuse("days or weeks (months differ in length)")
    valid = [*_WHEN, *(route for route in ROUTES if route in drug.routes)]
    wrong = words.refuse("a route, over, every, for, from, until, at, or nothing more")
    raise replace(wrong, nearest=nearest(word, valid))


def _every(words: _Words) -> float | None:
    """The interval between doses in hours; None if the next word does not begin one."""
    word = words.peek()
    if word in _TIMES and words.peek(1) in _EVERY:
        words.next += 2
        return _EVERY[words.peek(-1)] / _TIMES[word]
    if word in _COUNTS and words.peek(1) == "times" and words.peek(2) in _EVERY:
        words.next += 3
        return _EVERY[words.peek(-1)] / _COUNTS[word]
    if words.take(*_EVERY):
        return _EVERY[word]
    short = re.fullmatch(r"q([1-9][0-9]{0,3})(h|d|wk?)", word)
    if short:
        words.next += 1
        return convert(float(short[1]), "wk" if short[2] == "w" else short[2], "h")
    if word in ("qd", "od", "qod", "eod"):  # mistaken for qid and for each other: never guessed at
        raise words.refuse("`daily` for once a day, `every 48 h` for every other day")
    if not words.take("every"):
        return None
    number = 2.0 if words.take("other") else 1.0
    unit = words.peek()
    if words.take(*_UNIT_WORDS):
        return convert(number, unit, "h")
    if number == 2.0:
        raise words.refuse("a unit of time, such as every other day")
    return _time(words, "a time, such as every 12 h", least=1 / 60)


def _length(words: _Words, plan: Plan, word: str) -> str:
    """`for 2 d`, `for 6 doses`, `x 6`, `x6`."""
    digits, doses = words.raw(), words.peek(1) in ("dose", "doses")
    if word not in ("for", "x"):
        digits = word[1:]
    elif word == "for" and not doses:
        plan.length = _time(words, "a time, such as for 2 d, or for 6 doses", least=1 / 60)
        return "how long"
    if not re.fullmatch("0*[1-9][0-9]{0,5}", digits) or int(digits) > MOST_DOSES:
        raise words.refuse(f"a number of doses, 1 to {MOST_DOSES}")
    plan.count = int(digits)
    words.next += 2 if word == "for" else 1
    words.take("doses", "dose")
    return "how long"


def _moment(words: _Words, plan: Plan, word: str) -> str:
    """`from day 10`, `at 3 d`, `until week 4`."""
    if word == "starting":
        words.take("at", "on", "from")
    unit = words.peek()
    if words.take(*_UNIT_WORDS):
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", words.raw().rstrip(",;")):
            raise words.refuse(f"a number, such as {unit} 3")
        time = convert(float(words.raw().rstrip(",;")), unit, "h")
        words.next += 1
    else:
        time = _time(words, f"a time, such as {word} day 3 or {word} 72 h")
    if word == "until":
        plan.until = time
        return "how long"
    if word in ("at", "on"):
        plan.at = time
    else:
        plan.start = time
    return "when"
