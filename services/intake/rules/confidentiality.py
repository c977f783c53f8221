"""Who may read what a petition says and who brought it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.decisions import Decision, condition, decide, decides, known, missing


class Reader(StrEnum):
    """Why someone reads: the duty they hold, not who they are."""

    PETITION_OFFICE = "petition_office"
    DISCIPLINE = "discipline"
    SERVICE = "service"


_UNTIL_SEALED: Final = frozenset({Reader.PETITION_OFFICE, Reader.SERVICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """What is known of how confidential a petition is.

    `accusation` is the category in force: as sorted, else as declared, else not an accusation.
    `sealed` is true from the transfer to the discipline organ on, for good.
    """

    accusation: bool | None
    sealed: bool | None


@decides("P-1", "I-10", "X-1", "L22-30")
def may_read_content(confidence: Confidence, *, readers: frozenset[Reader]) -> Decision:
    """May someone who holds these duties read what a petition says?

    The office reads what it has to sort, and so does the service that checks for it whether an
    addressee is accused (D-06); other services print what a claim's cards and slips need.
    From the transfer of an accusation under seal on, none of them reads it.
    The discipline organ reads accusations, and alone after the transfer.
    Whoever holds none of the duties sees the bare facts only.

    Reference: Regulation on Petition Work (2022), art. 30(3); P-1.
    """
    return _opens(confidence, readers=readers, without_duty="L22-30¶3")


@decides("P-1", "L22-30")
def may_open_identity(confidence: Confidence, *, readers: frozenset[Reader]) -> Decision:
    """May someone who holds these duties learn who brought a petition?

    As with the content, but a service never asks: an identity is opened by a person, for a
    stated purpose.

    Reference: Regulation on Petition Work (2022), art. 30(3); P-1.
    """
    return _opens(confidence, readers=readers - {Reader.SERVICE}, without_duty="P-1")


def _opens(confidence: Confidence, *, readers: frozenset[Reader], without_duty: str) -> Decision:
    accusation = True if confidence.sealed else confidence.accusation
    unknown = missing(accusation=confidence.accusation, sealed=confidence.sealed)
    grants: list[bool | None] = []
    if Reader.DISCIPLINE in readers:
        grants.append(accusation)
    if readers & _UNTIL_SEALED:
        grants.append(known(operator.not_, confidence.sealed))
    granted = True if True in grants else None if None in grants else False
    return decide(
        condition("holds_a_duty", bool(readers), cites=without_duty),
        condition(
            "duty_reaches_this_petition",
            granted,
            cites="P-1",
            facts=unknown if granted is None else (),
        ),
    )
