"""The papers of supervision, in Chinese, for the people who get them."""

from services.supervision.documents.names import Names, Printing
from services.supervision.documents.notices import extension_text, promise_text
from services.supervision.documents.opinions import OpinionPaper, opinion_text
from services.supervision.documents.slips import SlipPaper, slip_text, standards_zh

__all__ = [
    "Names",
    "OpinionPaper",
    "Printing",
    "SlipPaper",
    "extension_text",
    "opinion_text",
    "promise_text",
    "slip_text",
    "standards_zh",
]
