"""What is a Case?  Who, which lesion, which numbers are different, and what is done when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcis.case.disease import Disease
from calcis.case.doses import Dose
from calcis.case.form import Labs, Lesion, Person, Timing
from calcis.case.goal import Goal
from calcis.case.plasma import Plasma
from calcis.case.surgery import Operation
from calcis.case.taken import Taken
from calcis.case.tissues import Tissue
from calcis.changes import Change, apply
from calcis.clinical.hard_findings import HardFinding, Simulated, hard_findings
from calcis.clinical.rules import Given, Patient
from calcis.errors import InputError, nearest
from calcis.parameters import Parameter


@dataclass(frozen=True)
class Treatment:
    """One arm: doses, its own diseases, the numbers that are different, and the plasma where that is given.

    Its diseases begin with the run, and win over what the case's own set.  `plasma` is all that plasma offers
    in this arm; `plasma_words` say what the arm itself gives of it.
    """

    name: str
    doses: tuple[Dose, ...] = ()
    changes: tuple[Change, ...] = ()
    plasma: Plasma | None = None
    plasma_words: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    diseases: tuple[Disease, ...] = ()
    stopped: tuple[str, ...] = ()  # medication of the person that is not taken here
    taken: tuple[Dose, ...] = ()  # what the person takes as before, of what is simulated
    operations: tuple[Operation, ...] = ()  # on the lesion, in the order of time
    known: Patient | None = None  # what the case says of the person; None of animals

    @property
    def words(self) -> tuple[str, ...]:
        """What is done, a line each."""
        changes = (change.words for change in self.changes)
        diseases = (disease.words for disease in self.diseases)
        stopped = (f"{name.replace('_', ' ')} is stopped" for name in self.stopped)
        operations = (one.words for one in self.operations)
        doses = (dose.text for dose in self.doses)
        return (*diseases, *stopped, *doses, *operations, *self.plasma_words, *changes)

    @property
    def sets(self) -> tuple[tuple[Change, ...], ...]:
        """Its sets of changes, in the order in which they are applied: its diseases', then its own."""
        return (*(disease.changes for disease in self.diseases), self.changes)

    def hard_findings(self, simulated: Simulated | None = None) -> tuple[HardFinding, ...]:
        """What must be known of the arm in this person: from the case, and from the body once `simulated`."""
        if self.known is None:
            return ()
        given = [
            Given(one.drug, one.route, one.times[0], one.times[-1] + one.duration, one.times, one.each)
            for one in self.doses
        ]
        return hard_findings(self.known, given, self.stopped, simulated)

    @property
    def findings(self) -> tuple[str, ...]:
        """What a reader of the results must know about what is done."""
        return self.remarks + tuple(
            f"{dose.dropped} of {dose.dropped + len(dose.times)} doses lie at or after the end of the run "
            f"and are not given: {dose.text}"
            for dose in self.doses
            if dose.dropped
        )


@dataclass(frozen=True)
class Case:
    """One person's case, checked, with plain floats in the units that its fields name.

    `text` is all of the case: read again with `read_case_text` it gives the same Case.
    """

    title: str
    person: Person
    body: str  # a model of it, or CLAMPED where each arm's `plasma` is given
    lesion: Lesion | None
    changes: tuple[tuple[Change, ...], ...]  # the tissue's, diseases', changes_from, changes: in this order
    arms: Mapping[str, Treatment]
    run: Timing
    text: str
    file: str
    diseases: tuple[Disease, ...] = ()
    history: float = 0.0  # h that the body has lived with diseases and changes when the run begins
    conditions: tuple[str, ...] = ()  # of calcis.clinical.history
    medication: tuple[str, ...] = ()  # what the person takes when the run begins
    taken: tuple[Taken, ...] = ()  # of that, what is simulated: since the body began to live
    labs: Labs | None = None  # what was measured in the person's blood; calcis.individual finds the person
    plasma_words: str = ""  # what the case says that plasma offers in all arms
    goal: Goal | None = None  # by which `calcis compare` ranks the arms
    layers: tuple[tuple[Tissue, float], ...] = ()  # of a lesion in space, from the surface; thickness in mm
    organs: tuple[Tissue, ...] = ()  # the organ map: places that are simulated beside body and lesion

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that any arm gives, or that the person takes."""
        given = {dose.drug for arm in self.arms.values() for dose in arm.doses}
        return tuple(sorted(given | {one.drug for one in self.taken}))

    def parameters(
        self, parameters: Mapping[str, Parameter], arm: str | None = None, organ: Tissue | None = None
    ) -> dict[str, Parameter]:
        """`parameters` (by dotted name, of body, drugs and tissue) with the changes of tissue, case and arm.

        Without an arm only the changes that all arms share; in an `organ` its own take the place of those of
        the lesion's tissue.  Raises InputError, with place, for a change that does not fit them.
        """
        if arm is not None and arm not in self.arms:
            raise InputError("an arm of this case", repr(arm), nearest=nearest(arm, self.arms))
        found = dict(parameters)
        own = () if arm is None else self.arms[arm].sets
        shared = self.changes
        if organ is not None:
            shared = (organ.changes, *(shared if self.lesion is None else shared[1:]))
        for changes in (*shared, *own):
            found = apply(found, changes, self.person.species)
        return found
