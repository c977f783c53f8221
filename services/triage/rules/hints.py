"""What declared facts and a table of words hint at; `proposal` puts the hints together (D-02)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.triage.rules import keywords
from services.triage.rules.directory import Directory
from services.triage.rules.terms import Category, Channel, Form, Severity

_SEVERAL_UNITS: Final = 2


@dataclass(frozen=True, kw_only=True)
class DeclaredFacts:
    """What the register holds of a petition; `text` is None where the asker may not read it."""

    form: Form
    territory: str
    headcount: int
    urgent: bool
    declared_category: Category | None = None
    field: str | None = None
    concerned_units: tuple[str, ...] = ()
    accused: frozenset[str] = frozenset()
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hint:
    """One reason for a proposed value, in Chinese."""

    code: str
    text: str


def category_hint(facts: DeclaredFacts) -> tuple[Category, Hint]:
    """Suggest the category: an accusation where it was declared or its words occur."""
    accused_words = _found(keywords.ACCUSATION_WORDS, facts)
    suggesting = _found(keywords.SUGGESTION_WORDS, facts)
    if facts.declared_category is Category.ACCUSATION or accused_words:
        declared = "信访人申报为检举控告。" if not accused_words else ""
        return Category.ACCUSATION, Hint(
            code="accusation_hint",
            text=declared or f"内容出现“{accused_words[0]}”等检举控告用语，请先核实是否需要拆分。",
        )
    if facts.declared_category is not None:
        return facts.declared_category, Hint(
            code="declared_category", text="与信访人申报的类别一致。"
        )
    if suggesting:
        return Category.SUGGESTION, Hint(
            code="suggestion_hint", text=f"内容出现“{suggesting[0]}”等建议用语。"
        )
    return Category.CLAIM, Hint(
        code="claim_by_default", text="未见检举或建议用语，按申诉求决提出。"
    )


def field_hint(facts: DeclaredFacts, directory: Directory) -> tuple[str | None, tuple[Hint, ...]]:
    """Suggest the field: the declared one, otherwise the one with the most words found."""
    if facts.field in directory.field_by_code:
        return facts.field, (Hint(code="declared_field", text="与登记的事项领域一致。"),)
    found = [
        (len(words), field)
        for field, table in keywords.FIELD_WORDS.items()
        if field in directory.field_by_code and (words := _found(table, facts))
    ]
    if not found:
        return None, (Hint(code="field_unknown", text="未能判断事项领域，请人工确定。"),)
    most = max(count for count, _ in found)
    field = next(field for count, field in found if count == most)
    word = _found(keywords.FIELD_WORDS[field], facts)[0]
    return field, (Hint(code="field_hint", text=f"内容出现“{word}”等用语。"),)


def severity_hint(facts: DeclaredFacts) -> tuple[Severity, tuple[Hint, ...]]:
    """Suggest the severity with every sign of it."""
    major = _found(keywords.MAJOR_WORDS, facts)
    difficult = _found(keywords.DIFFICULT_WORDS, facts)
    entangled = _found(keywords.COMPLEX_WORDS, facts)
    grave = hints(
        (facts.urgent, "urgent", "登记为紧急事项。"),
        (
            facts.headcount >= keywords.MAJOR_HEADCOUNT,
            "many_people",
            f"涉及{facts.headcount}人，人数较多。",
        ),
        (bool(major), "major_words", f"内容出现“{''.join(major[:1])}”等用语。"),
    )
    hard = hints(
        (bool(difficult), "difficult_words", f"内容出现“{''.join(difficult[:1])}”等用语。")
    )
    several = hints(
        (len(facts.concerned_units) >= _SEVERAL_UNITS, "several_units", "涉及两个以上单位。"),
        (bool(entangled), "complex_words", f"内容出现“{''.join(entangled[:1])}”等用语。"),
    )
    if grave:
        return Severity.MAJOR, (*grave, *hard, *several)
    if hard:
        return Severity.DIFFICULT, (*hard, *several)
    if several:
        return Severity.COMPLEX, several
    return Severity.ORDINARY, (Hint(code="no_severity_hint", text="未见疑难重大或复杂的情形。"),)


def channel_hint(facts: DeclaredFacts) -> Channel:
    """Suggest the channel of L22-31 that the words point to."""
    tables = (
        (Channel.LITIGATION, keywords.LITIGATION_WORDS),
        (Channel.ARBITRATION, keywords.ARBITRATION_WORDS),
        (Channel.ADMINISTRATIVE_PROCEDURE, keywords.REVIEW_WORDS),
        (Channel.PROTECTIVE_DUTY, keywords.PROTECTIVE_DUTY_WORDS),
    )
    return next(
        (channel for channel, words in tables if _found(words, facts)), Channel.PETITION_PROCEDURE
    )


def _found(words: Iterable[str], facts: DeclaredFacts) -> tuple[str, ...]:
    text = facts.text or ""
    return tuple(word for word in words if word in text)


def hints(*rows: tuple[bool, str, str]) -> tuple[Hint, ...]:
    """Make hints of the rows that apply: (applies, code, text)."""
    return tuple(Hint(code=code, text=text) for applies, code, text in rows if applies)
