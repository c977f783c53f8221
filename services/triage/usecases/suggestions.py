"""Suggestions to leaders from causes that recur while sorting (合理化建议, C-10)."""

from __future__ import annotations

from services.triage import metrics
from services.triage.models import Suggestion, SuggestionDay
from services.triage.rules.suggestions import may_suggestion_be_answered
from services.triage.usecases.arriving import petition_in_triage
from services.triage.usecases.directory import directory_in_force
from services.triage.usecases.refusing import insist
from shared.contracts.common import FieldUnknown, LeaderUnknown
from shared.contracts.fields import Document
from shared.contracts.triage import (
    AnswerSuggestion,
    SubmitSuggestion,
    SuggestionAnsweredV1,
    SuggestionNotFound,
    SuggestionSubmittedV1,
    SuggestionView,
)
from shared.messaging import Work


def submit_suggestion(work: Work, request: SubmitSuggestion) -> SuggestionView:
    """Submit a suggestion to a leader, numbered by the day.

    Raises:
        DirectoryMissing, LeaderUnknown, FieldUnknown, PetitionNotFound
    """
    codes = directory_in_force(work).codes
    if request.leader not in codes.leader_by_code:
        msg = f"The directory has no leader {request.leader}; take a code from it."
        raise LeaderUnknown(msg)
    if request.field not in codes.field_by_code:
        msg = f"The directory has no field {request.field}; take a code from it."
        raise FieldUnknown(msg)
    for petition_no in request.petitions:
        petition_in_triage(work, petition_no)
    number = _next_number(work)
    document = work.numbered(
        number,
        {
            "leader": request.leader,
            "field": request.field,
            "title": request.title,
            "text": request.text,
            "petitions": list(request.petitions),
        },
    )
    suggestion = Suggestion(
        suggestion_no=number,
        leader=request.leader,
        field=request.field,
        petitions=list(request.petitions),
        title_sealed=work.vault.seal(request.title, context=f"suggestions|{number}|title"),
        text_sealed=work.vault.seal(request.text, context=f"suggestions|{number}|text"),
        sha256=document.sha256,
        submitted_by=work.actor.id,
        submitted_at=work.now,
    )
    work.session.add(suggestion)
    work.record(
        SuggestionSubmittedV1(
            suggestion_no=number, leader=request.leader, field=request.field, document=document
        )
    )
    work.count(metrics.SUGGESTIONS, event="submitted")
    return _view(suggestion)


def answer_suggestion(work: Work, request: AnswerSuggestion) -> SuggestionView:
    """Answer a suggestion in writing, by the leader it was submitted to, once.

    Raises:
        SuggestionNotFound, NotYourCase, SuggestionAnswered
    """
    suggestion = work.session.get(Suggestion, request.suggestion_no)
    if suggestion is None:
        msg = f"No suggestion has the number {request.suggestion_no}; check it."
        raise SuggestionNotFound(msg)
    insist(
        may_suggestion_be_answered(
            submitted_to=suggestion.leader,
            answered_by=work.actor.code,
            answered=suggestion.answer is not None,
        ),
        suggestion.suggestion_no,
    )
    suggestion.answer = request.answer
    suggestion.answer_reason_sealed = work.vault.seal(
        request.reason, context=f"suggestions|{suggestion.suggestion_no}|answer_reason"
    )
    suggestion.answered_by = work.actor.id
    suggestion.answered_at = work.now
    work.record(SuggestionAnsweredV1(suggestion_no=suggestion.suggestion_no, answer=request.answer))
    work.count(metrics.SUGGESTIONS, event=request.answer.value)
    return _view(suggestion)


def _next_number(work: Work) -> str:
    day = work.session.get(SuggestionDay, work.today)
    if day is None:
        day = SuggestionDay(on=work.today, last=0)
        work.session.add(day)
    day.last += 1
    return f"JY-{work.today:%Y%m%d}-{day.last:04d}"


def _view(suggestion: Suggestion) -> SuggestionView:
    return SuggestionView(
        suggestion_no=suggestion.suggestion_no,
        leader=suggestion.leader,
        field=suggestion.field,
        answered=suggestion.answer,
        document=Document(no=suggestion.suggestion_no, sha256=suggestion.sha256),
    )
