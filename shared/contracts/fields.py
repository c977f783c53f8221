"""The field types that contracts of several owners share: codes, numbers, texts and documents."""

from typing import Annotated

from shared.contracts.base import SENSITIVE, Items, Part, Pattern, Reply, Text

Code = Annotated[
    str, Pattern(r"[a-z][a-z0-9_]{0,63}", "a code of lower-case letters, digits and _")
]
"""A code of the directory: a unit, a leader, a territory, a field of matters."""

PetitionNo = Annotated[
    str, Pattern(r"XF-\d{8}-\d{4,8}", "a petition number such as XF-20260601-0001")
]

DocumentNo = Annotated[
    str,
    Pattern(
        r"[A-Z]{2}-\d{8}-\d{4,8}(?:-[A-Z]{2}-\d+)?(?:-\d+)?",
        "a document number such as XF-20260601-0001-CA-1-2",
    ),
]

Sha256 = Annotated[str, Pattern(r"[0-9a-f]{64}", "a SHA-256 in 64 lower-case hexadecimal digits")]

ActorId = Annotated[
    str, Pattern(r"[a-z_]{1,32}:[A-Za-z0-9_.\-]{1,64}", "an actor such as clerk:window_1")
]

LocalTime = Annotated[str, Pattern(r"(?:[01]\d|2[0-3]):[0-5]\d", "a local time such as 08:30")]

Line = Annotated[str, Text(200)]
"""One line of free text."""

Prose = Annotated[str, Text(20_000)]
"""Free text of any length a person writes."""

SealedLine = Annotated[str, Text(200), SENSITIVE]
SealedProse = Annotated[str, Text(20_000), SENSITIVE]

Codes = Annotated[tuple[Code, ...], Items(0, 50)]


class Document(Reply):
    """A card, notice, slip, opinion or circular: its number and the SHA-256 of its content."""

    no: DocumentNo
    sha256: Sha256


class Empty(Reply):
    """Nothing but that it was done."""


class RefusedPart(Reply):
    """A part of a request that a rule refused while the rest was done (D-01)."""

    error: Line
    rule: Line
    message: Line


class ExplainedDeadline(Reply):
    """A deadline with its reasons: what started it, how it was counted, what it ends with."""

    kind: Code
    subject: Line
    state: Code
    due_on: Line | None = None
    explanation: Prose
    provisional: bool = False


class Amount(Part):
    """A whole number of something, such as 230000 of `cny` or 12 of `households`."""

    quantity: int
    unit: Code
