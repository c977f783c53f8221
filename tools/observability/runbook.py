"""Whether the runbook has a section for each alert, and each section what a reader needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

QUESTIONS: Final = ("**What it means.**", "**Look at.**", "**Do.**", "**Who decides.**")
"""What every section answers, in this order."""

_SECTION: Final = re.compile(
    r"^### (?P<title>\w+)\n(?P<text>.*?)(?=^#{1,3} |\Z)", re.DOTALL | re.MULTILINE
)


def faults_in(page: str, alerts: Iterable[str]) -> Iterator[str]:
    """Iterate over alerts without a section, sections without an alert, and questions left open."""
    sections = {found["title"]: found["text"] for found in _SECTION.finditer(page)}
    alerts = set(alerts)
    for name in sorted(alerts - sections.keys()):
        yield f"{name}: the runbook has no section for it"
    for name in sorted(sections.keys() - alerts):
        yield f"{name}: the runbook has a section for it, and there is no such alert"
    for name, text in sections.items():
        places = [text.find(question) for question in QUESTIONS]
        for question, place in zip(QUESTIONS, places, strict=True):
            if place < 0:
                yield f"{name}: the runbook does not answer {question}"
        if -1 not in places and places != sorted(places):
            yield f"{name}: the runbook answers in another order than elsewhere"
