"""The papers of a reception day, in Chinese, for the people who get them."""

from services.reception.documents.cards import CardPaper, card_text
from services.reception.documents.duty import DutyPaper, duty_notice_text
from services.reception.documents.hand_over import HandOverPaper, hand_over_text
from services.reception.documents.meeting import RulingPaper, ruling_text
from services.reception.documents.names import Names
from services.reception.documents.notices import (
    NoticePaper,
    appointment_text,
    notice_board_text,
    portfolio_of_posts,
)

__all__ = [
    "CardPaper",
    "DutyPaper",
    "HandOverPaper",
    "Names",
    "NoticePaper",
    "RulingPaper",
    "appointment_text",
    "card_text",
    "duty_notice_text",
    "hand_over_text",
    "notice_board_text",
    "portfolio_of_posts",
    "ruling_text",
]
