"""The field types that contracts of several owners share: codes, numbers, texts and documents."""

from typing import Annotated, Final

from shared.contracts.base import SENSITIVE, WHEREABOUTS, Items, Part, Pattern, Reply, Text

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

Address = Annotated[
    str,
    Pattern(
        r"(?:[A-Za-z0-9._-]{1,200}|\[[0-9A-Fa-f:.]{2,60}\]):\d{1,5}",
        "a host and port such as reception:9464",
    ),
    WHEREABOUTS,
]
"""Where something listens."""

PLACE_NAME: Final = Pattern(
    r"[^\W_][\w·（）() \-]{0,59}", "the public name of a place such as 三岔口镇"
)
PlaceName = Annotated[str, PLACE_NAME]
"""What a territory or department is called in public; no person's name and no free text."""

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


DocumentKind = Annotated[str, Pattern(r"[A-Z]{2}", "two capital letters such as CA")]


class NumbersUsed(Reply):
    """How many documents of a kind a petition has by now, so that the next one counts on."""

    kind: DocumentKind
    last: int


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
