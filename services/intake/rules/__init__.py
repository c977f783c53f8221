"""What intake decides, by subject: registering, representatives, repeats, reading, and progress."""

from services.intake.rules.confidentiality import (
    Confidence,
    Reader,
    is_reader_accused,
    may_open_identity,
    may_read_content,
)
from services.intake.rules.evaluation import (
    EvaluationAsked,
    Party,
    may_evaluate,
)
from services.intake.rules.progress import (
    Milestone,
    MilestoneKind,
    Progress,
    Standing,
    Waiting,
    progress_of,
    waiting_of,
)
from services.intake.rules.registration import (
    GROUP_FROM,
    Arrival,
    EntryKind,
    Form,
    acceptance_notice_due,
    entry_for,
    is_group,
    may_be_received_on,
    may_form_be_entered,
    next_version,
    sorting_due,
)
from services.intake.rules.repeats import Candidate, similarities
from services.intake.rules.representatives import ProposedList, may_represent
from services.intake.rules.splitting import may_split

__all__ = [
    "GROUP_FROM",
    "Arrival",
    "Candidate",
    "Confidence",
    "EntryKind",
    "EvaluationAsked",
    "Form",
    "Milestone",
    "MilestoneKind",
    "Party",
    "Progress",
    "ProposedList",
    "Reader",
    "Standing",
    "Waiting",
    "acceptance_notice_due",
    "entry_for",
    "is_group",
    "is_reader_accused",
    "may_be_received_on",
    "may_evaluate",
    "may_form_be_entered",
    "may_open_identity",
    "may_read_content",
    "may_represent",
    "may_split",
    "next_version",
    "progress_of",
    "similarities",
    "sorting_due",
    "waiting_of",
]
