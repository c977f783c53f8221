"""Decisions with their reasons, their sources and the figures they rest on.

A rule answers a question of the regulations with yes, no or unknown, and says why.
Each reason cites the sentence it comes from and each missing fact has a name, so that
the clerk who is refused, the leader who signs and the service that later holds someone
to account all read the same grounds.  Figures that the law fixes stand here as dated,
cited values, because a matter is judged by the figure in force at the time of its facts.

Everything here is a frozen value made from the standard library: rules may import it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

LAWS: Final = {
    "L22": "《信访工作条例》",
    "L05": "《信访条例》",
    "PIPL": "《个人信息保护法》",
    "CC": "《民法典》",
    "CON": "《宪法》",
    "CL": "《刑法》",
    "ARC": "《档案法》",
}
"""Prefix of a rule id that names a law, and the name a Chinese document prints."""

LOCAL_RULES: Final = ("C", "M", "H", "B", "X", "P", "D", "I", "SD", "ZJ", "SH", "BJ")
"""Prefixes of the county's own rules, readings and invariants, and of provincial texts."""

_RULE_ID: Final = re.compile(
    rf"(?:(?P<law>{'|'.join(LAWS)})-|(?:{'|'.join(LOCAL_RULES)})-|T)"
    r"(?P<article>\d{1,3})[a-z]?(?:¶(?P<paragraph>\d+))?(?:\((?P<item>\d+|[a-z]+)\))?"
)
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


class MalformedCitation(ValueError):
    """Raised for an id that can name no rule or article; correct it where it is written."""


class MalformedReason(ValueError):
    """Raised for a reason or decision that nobody could read later; correct the rule."""


class FigureNotInForce(LookupError):
    """Raised when a figure is asked for at a date before any text fixed it.

    A rule that may meet such a date asks `DatedFigures.find` and answers UNKNOWN.
    """


class NotDecided(LookupError):
    """Raised when a value is taken from an answer that is not a yes; ask `allowed` first."""


class Verdict(StrEnum):
    """The three answers of a rule; UNKNOWN says that a fact is missing, never a soft no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """Name the rule or article that a statement rests on.

    `rule_id` reads `C-12`, `D-22`, `T12b`, `L22-34`, `L22-19¶3` or `L22-44(1)`.

    Raises:
        MalformedCitation: the id has another form or a prefix that names no known text.
    """

    rule_id: str

    def __post_init__(self) -> None:
        if _RULE_ID.fullmatch(self.rule_id) is None:
            message = f"{self.rule_id!r} is no rule id; write one such as C-12, T11 or L22-34."
            raise MalformedCitation(message)

    def __str__(self) -> str:
        return self.rule_id

    @property
    def zh(self) -> str:
        """Return the citation as a Chinese document prints it, such as 《信访工作条例》第34条."""
        parts = re.fullmatch(_RULE_ID, self.rule_id)
        if parts is None or parts["law"] is None:
            return f"规则{self.rule_id}"
        paragraph = f"第{parts['paragraph']}款" if parts["paragraph"] else ""
        item = f"第{parts['item']}项" if parts["item"] else ""
        return f"{LAWS[parts['law']]}第{int(parts['article'])}条{paragraph}{item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """State one condition, how it came out, and the sentence it comes from.

    `facts` names the missing facts of an UNKNOWN reason and is empty otherwise.

    Raises:
        MalformedReason: the code is not snake_case, an unknown names no fact, or a known
            answer names one.
    """

    code: str
    verdict: Verdict
    citation: Citation
    facts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if _CODE.fullmatch(self.code) is None:
            message = f"{self.code!r} is no reason code; write it in snake_case."
            raise MalformedReason(message)
        if (self.verdict is Verdict.UNKNOWN) != bool(self.facts):
            message = f"{self.code!r} is {self.verdict}: only unknown names missing facts."
            raise MalformedReason(message)

    def dump(self) -> dict[str, Any]:
        """Return the reason as a JSON-ready mapping."""
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "citation": self.citation.rule_id,
            "facts": list(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Answer a question of the regulations, with every reason in the order of the text.

    Any NO makes it NO; otherwise any UNKNOWN makes it UNKNOWN; otherwise it is YES.

    Raises:
        MalformedReason: there is no reason; a decision without one decides nothing.
    """

    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            message = "A decision needs at least one reason; state the conditions it rests on."
            raise MalformedReason(message)

    @property
    def verdict(self) -> Verdict:
        """Return the answer that the reasons add up to."""
        verdicts = {reason.verdict for reason in self.reasons}
        for decisive in (Verdict.NO, Verdict.UNKNOWN):
            if decisive in verdicts:
                return decisive
        return Verdict.YES

    @property
    def allowed(self) -> bool:
        """Return whether the answer is YES; an UNKNOWN does not allow."""
        return self.verdict is Verdict.YES

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return the sources of the answer in the order of the text, each once."""
        return tuple(dict.fromkeys(reason.citation for reason in self.reasons))

    @property
    def missing_facts(self) -> tuple[str, ...]:
        """Return the names of the facts that were missing, each once."""
        return tuple(dict.fromkeys(fact for reason in self.reasons for fact in reason.facts))

    def first_refusal(self) -> Reason | None:
        """Return the first reason that keeps the answer from YES: a NO before an UNKNOWN."""
        if self.allowed:
            return None
        return next(reason for reason in self.reasons if reason.verdict is self.verdict)

    def dump(self) -> dict[str, Any]:
        """Return the decision as a JSON-ready mapping."""
        return {
            "verdict": self.verdict.value,
            "reasons": [reason.dump() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Decided(Generic[T]):
    """Carry the value that a rule yields, such as a route, with the decision behind it.

    `answer` is None unless the decision is YES.

    Raises:
        MalformedReason: a YES without an answer, or an answer without a YES.
    """

    answer: T | None
    decision: Decision

    def __post_init__(self) -> None:
        if self.decision.allowed != (self.answer is not None):
            message = f"An answer stands with a yes and only there; this is {self.verdict}."
            raise MalformedReason(message)

    @property
    def verdict(self) -> Verdict:
        """Return the answer of the decision."""
        return self.decision.verdict

    @property
    def allowed(self) -> bool:
        """Return whether there is a value."""
        return self.decision.allowed

    @property
    def value(self) -> T:
        """Return the value.

        Raises:
            NotDecided: the decision is not YES.
        """
        if self.answer is None:
            message = f"There is no value: the decision is {self.verdict}."
            raise NotDecided(message)
        return self.answer


def condition(code: str, holds: bool | None, *, cites: str, facts: tuple[str, ...] = ()) -> Reason:  # noqa: FBT001  # One condition per line reads as a table only when its value stands second.
    """State one condition: True is YES, False is NO, None is UNKNOWN.

    An unknown names `facts` as missing, or its own code where that is the fact's name;
    `missing` and `known` below spell conditions over more than one fact.
    """
    if holds is None:
        return Reason(
            code=code,
            verdict=Verdict.UNKNOWN,
            citation=Citation(cites),
            facts=facts or (code,),
        )
    return Reason(
        code=code,
        verdict=Verdict.YES if holds else Verdict.NO,
        citation=Citation(cites),
    )


def missing(**facts: object) -> tuple[str, ...]:
    """Return the names of the facts that are None: `missing(due_on=due_on, told_on=told_on)`."""
    return tuple(name for name, fact in facts.items() if fact is None)


@overload
def known(ask: Callable[[A], R], first: A | None, /) -> R | None: ...
@overload
def known(ask: Callable[[A, B], R], first: A | None, second: B | None, /) -> R | None: ...
@overload
def known(
    ask: Callable[[A, B, C], R], first: A | None, second: B | None, third: C | None, /
) -> R | None: ...
def known(ask: Callable[..., R], /, *facts: object) -> R | None:
    """Ask a question of facts that may be missing: `known(operator.le, due_on, limit_on)`.

    Returns None, without asking, where any of the facts is None.
    """
    if any(fact is None for fact in facts):
        return None
    return ask(*facts)


def decide(*reasons: Reason) -> Decision:
    """Combine the conditions of a rule, in the order of its text, into a decision."""
    return Decision(reasons)


def decided(answer: T | None, *reasons: Reason) -> Decided[T]:
    """Combine conditions into a decision that yields `answer` if, and only if, it is YES.

    Raises:
        MalformedReason: the decision is YES and there is no answer.
    """
    decision = Decision(reasons)
    return Decided(answer if decision.allowed else None, decision)


def decides(*rule_ids: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Record on a function the ids of the rules and articles it decides.

    The rules index, the coverage of rules by tests and a reader find them there.

    Raises:
        MalformedCitation: an id can name no rule, or none is given.
    """
    if not rule_ids:
        message = "A function that decides names the rules it decides; none is given."
        raise MalformedCitation(message)
    ids = tuple(Citation(rule_id).rule_id for rule_id in rule_ids)

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        vars(function)["__rule_ids__"] = ids
        return function

    return mark


def rule_ids_of(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the ids that `decides` recorded on a function; none where it was not marked."""
    ids: tuple[str, ...] = getattr(function, "__rule_ids__", ())
    return ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Generic[T]):
    """Hold one value fixed by a text, the text, and the day from which it is in force."""

    value: T
    citation: Citation
    in_force_from: date


@dataclass(frozen=True, slots=True)
class DatedFigures(Generic[T]):
    """Hold the successive values of one figure, oldest first; an old one is never dropped.

    Raises:
        ValueError: there is no figure, or two begin out of order or on the same day.
    """

    figures: tuple[Figure[T], ...]

    def __post_init__(self) -> None:
        starts = [figure.in_force_from for figure in self.figures]
        if not starts or starts != sorted(set(starts)):
            message = "Dated figures need at least one value, each later than the one before."
            raise ValueError(message)

    def find(self, *, on: date) -> Figure[T] | None:
        """Return the figure in force on a date of facts, or None before the first."""
        starts = [figure.in_force_from for figure in self.figures]
        position = bisect_right(starts, on)
        return self.figures[position - 1] if position else None

    def in_force(self, *, on: date) -> Figure[T]:
        """Return the figure in force on a date of facts.

        Raises:
            FigureNotInForce: the date lies before the first text that fixed the figure.
        """
        figure = self.find(on=on)
        if figure is None:
            first = self.figures[0]
            message = (
                f"No figure is in force on {on}: the first, of {first.citation}, "
                f"begins on {first.in_force_from}; check the date of the facts."
            )
            raise FigureNotInForce(message)
        return figure

    def value(self, *, on: date) -> T:
        """Return the bare value in force on a date of facts; raises as `in_force` does."""
        return self.in_force(on=on).value


def dated(*figures: tuple[str, T, str]) -> DatedFigures[T]:
    """Write dated figures as rows of (first day in force, value, rule id), oldest first."""
    return DatedFigures(
        tuple(
            Figure(
                value=value,
                citation=Citation(rule_id),
                in_force_from=date.fromisoformat(first_day),
            )
            for first_day, value, rule_id in figures
        )
    )
