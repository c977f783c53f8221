"""What intake counts, after commit, and what stands in its register; labels are closed sets."""

from __future__ import annotations

from typing import Final

from shared.contracts.common import PetitionCategory
from shared.contracts.intake import (
    EvaluatedParty,
    Grade,
    IntakeForm,
    MoreRepresentativesThanPetitioners,
    NotAGroup,
    TooManyRepresentatives,
)
from shared.metrics import StandingGauge, closed_counter

_OWNER: Final = "intake"

UNSORTED: Final = "unsorted"
UNRECORDED: Final = "unrecorded"
CATEGORIES: Final = (*PetitionCategory, UNSORTED, UNRECORDED)
"""The categories a person sorts into; `unsorted` before that, and `unrecorded` where the register
was not told: the news is under way, or it was sorted before the register kept it."""

PETITIONS: Final = StandingGauge(
    name="balian_petitions",
    documentation=(
        "Petitions of the whole county that have not ended, each once, by where it stands and"
        " by the category a person sorted it into; the oldest by its day of registration."
    ),
    labels=("state", "category"),
)

PETITIONS_REGISTERED: Final = closed_counter(
    "balian_petitions_registered_total",
    "Petitions entered in the register, by form and whether a group brought them.",
    owner=_OWNER,
    labels={"form": IntakeForm, "group": ("yes", "no")},
)
VISITS_RECORDED: Final = closed_counter(
    "balian_repeat_visits_recorded_total",
    "Further visits, letters and calls on a registered petition, by form.",
    owner=_OWNER,
    labels={"form": IntakeForm},
)
LISTS_REFUSED: Final = closed_counter(
    "balian_representative_lists_refused_total",
    "Lists of representatives refused while the visit was registered, by reason.",
    owner=_OWNER,
    labels={
        "error": (
            TooManyRepresentatives.__name__,
            MoreRepresentativesThanPetitioners.__name__,
            NotAGroup.__name__,
        )
    },
)
PETITIONS_SPLIT: Final = closed_counter(
    "balian_petitions_split_total", "Mixed petitions split before sorting.", owner=_OWNER
)
EVALUATIONS: Final = closed_counter(
    "balian_evaluations_given_total",
    "Evaluations by petitioners, by party and grade.",
    owner=_OWNER,
    labels={"party": EvaluatedParty, "grade": Grade},
)
OPENINGS: Final = closed_counter(
    "balian_confidential_openings_total",
    "Readings of a content and openings of an identity, as the access log records them.",
    owner=_OWNER,
    labels={"opened": ("content", "identity")},
)
