"""Who may read what a petition says and who brought it."""

from __future__ import annotations

import operator
from collections.abc import Collection
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

    `sealed` is true from the sorting to a discipline organ on, for good; `transferred` once the
    transfer itself has been told.
    `receiving_organ` is the organ it went to, None where the transfer told of none.
    """

    sealed: bool | None
    transferred: bool | None
    receiving_organ: str | None = None


@decides("P-1", "I-10", "X-1", "X-4", "L22-30")
def may_read_content(
    confidence: Confidence, *, reader: str, readers: frozenset[Reader]
) -> Decision:
    """May someone who holds these duties read what a petition says?

    The office reads what it has to sort, and so does the service that checks for it whether an
    addressee is accused (D-06); other services print what a claim's cards and slips need.
    From the transfer of an accusation under seal on, none of them reads it.
    On the discipline side nobody reads it before the transfer, since whom it is against is not
    settled yet; after it the organ that received it does, alone, and no other one: where the
    county's own organ is complained of, it is the one above.
    A transfer that told of no organ opens it to the duty as such.
    Whoever holds none of the duties sees the bare facts only.

    Reference: Regulation on Petition Work (2022), art. 30(3); P-1.
    """
    return _opens(confidence, reader=reader, readers=readers, without_duty="L22-30¶3")


@decides("P-1", "X-4", "L22-30")
def may_open_identity(
    confidence: Confidence, *, reader: str, readers: frozenset[Reader]
) -> Decision:
    """May someone who holds these duties learn who brought a petition?

    As with the content, but a service never asks: an identity is opened by a person, for a
    stated purpose.

    Reference: Regulation on Petition Work (2022), art. 30(3); P-1.
    """
    in_person = readers - {Reader.SERVICE}
    return _opens(confidence, reader=reader, readers=in_person, without_duty="P-1")


@decides("P-1", "I-10", "L22-30", "X-4")
def is_reader_accused(*, reader: str, accused: Collection[str]) -> bool:
    """Tell whether whoever reads is complained of, whatever their duty.

    Reference: Regulation on Petition Work (2022), art. 30(3); X-4.
    """
    return reader in accused


def _opens(
    confidence: Confidence, *, reader: str, readers: frozenset[Reader], without_duty: str
) -> Decision:
    grants: list[bool | None] = []
    unknown: tuple[str, ...] = ()
    if Reader.DISCIPLINE in readers:
        its_own = confidence.receiving_organ in {None, reader}
        grants.append(confidence.transferred if its_own else False)
        unknown += missing(transferred=confidence.transferred)
    if readers & _UNTIL_SEALED:
        grants.append(known(operator.not_, confidence.sealed))
        unknown += missing(sealed=confidence.sealed)
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
