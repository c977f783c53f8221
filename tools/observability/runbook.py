"""Whether the runbook has a section for each alert, and each section what a reader needs.

What a reader is to type has to be there too: scripts, `make` targets, commands of `balian`, calls.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer
import yaml

from balian.calls import (
    CallUnknown,
    JsonUnreadable,
    PartyUnreadable,
    party_named,
    read_json,
    target_named,
)
from balian.commands.app import app
from shared.contracts.base import MalformedRequest
from shared.policy import POLICY

QUESTIONS: Final = ("**What it means.**", "**Look at.**", "**Do.**", "**Who decides.**")
"""What every section answers, in this order."""

EXAMPLES: Final = {
    "CODE": "sanchakou",
    "DAY": "2026-06-05",
    "NAME": "somebody",
    "NODE": "sanchakou",
    "NUMBER": "1",
    "PETITION_NO": "XF-20260601-0001",
    "SERVICE": "intake",
    "SESSION": "county-20260605",
    "STAGE": "routed",
    "UNIT": "water_bureau",
}
"""What a reader may put in place of a word in capitals."""

_SECTION: Final = re.compile(
    r"^### (?P<title>\w+)\n(?P<text>.*?)(?=^#{1,3} |\Z)", re.DOTALL | re.MULTILINE
)
_BLOCK: Final = re.compile(r"^```\w*\n(?P<lines>.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN: Final = re.compile(r"`(?P<text>[^`\n]+)`")
_COMMAND: Final = re.compile(r"(?:deploy/|make |balian )")
_PLACEHOLDER: Final = re.compile(rf"(?<![A-Z])(?:{'|'.join(EXAMPLES)})(?![A-Z_=])")
_TARGET: Final = re.compile(r"^(?P<name>[a-z][a-z-]*):", re.MULTILINE)
_OF_A_SHELL: Final = frozenset("();<>|&")

_BALIAN: Final = "deploy/balian"
_COMPOSE: Final = "deploy/compose"
_TO_A_BUS: Final = ("--bus", "amqp://operator@rabbitmq/balian", "--bus-password-file", "password")
"""What `deploy/balian` puts behind what it is given."""

_OF_SOME_SERVICES: Final = frozenset({"logs", "restart", "start", "stop", "up"})
_OF_ONE_SERVICE: Final = frozenset({"exec", "run"})


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


def commands_in(page: str) -> tuple[str, ...]:
    """List what a page tells its reader to type of ours, in the order of its lines and spans."""
    within = [line for block in _BLOCK.finditer(page) for line in block["lines"].splitlines()]
    spans = [found["text"] for found in _SPAN.finditer(_BLOCK.sub("", page))]
    return tuple(text for text in (*within, *spans) if _COMMAND.match(text))


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What can be typed in a checkout of this project."""

    root: Path
    targets: frozenset[str]
    """Those of the Makefile."""
    services: frozenset[str]
    """Those of the county's compose files."""
    services_of_a_node: frozenset[str]


def typed_in(root: Path) -> Typed:
    """Read what can be typed in a checkout."""
    return Typed(
        root=root,
        targets=frozenset(_TARGET.findall((root / "Makefile").read_text(encoding="utf-8"))),
        services=_services(root / "docker-compose.yml") | _services(root / "deploy/cluster.yml"),
        services_of_a_node=_services(root / "deploy/township.yml"),
    )


def _services(path: Path) -> frozenset[str]:
    return frozenset(yaml.safe_load(path.read_text(encoding="utf-8"))["services"])


def commands_unknown(page: str, typed: Typed) -> Iterator[str]:
    """Iterate over commands of a page that are not there, or are not understood as they stand."""
    for command in commands_in(page):
        for fault in _faults_of(command, typed):
            yield f"`{command}`: {fault}"


def _faults_of(command: str, typed: Typed) -> Iterator[str]:
    try:
        name, *words = _words(command)
    except ValueError as unreadable:
        yield f"no shell reads it: {unreadable}"
        return
    if name == "make":
        if not words or words[0] not in typed.targets:
            yield "the Makefile has no such target"
    elif name == "balian":
        yield from _faults_of_balian(words)
    elif not (typed.root / name).exists():
        yield f"there is no {name}"
    elif words and not _is_script(typed.root / name):
        yield f"{name} is no script"
    elif name == _BALIAN and words:
        yield from _faults_of_balian([*words, *_TO_A_BUS])
    elif name == _COMPOSE and words:
        yield from _faults_of_compose(words, typed)


def _is_script(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _words(command: str) -> list[str]:
    """Part a line as a shell does, with examples in place of words in capitals, up to a pipe."""
    filled = _PLACEHOLDER.sub(lambda found: EXAMPLES[found[0]], command)
    words = shlex.shlex(filled, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    words.commenters = ""
    parted: list[str] = []
    for word in words:
        if _OF_A_SHELL.issuperset(word):
            break
        parted.append(word)
    return parted


def _faults_of_compose(words: list[str], typed: Typed) -> Iterator[str]:
    services = typed.services
    if words[0] == "--township":
        services, words = typed.services_of_a_node, words[2:]
    elif words[0] == "--cluster":
        words = words[1:]
    does, *further = words or [""]
    named = [word for word in further if not word.startswith("-") and not word.isdigit()]
    if does in _OF_ONE_SERVICE and not named:
        yield f"{does} names no service"
    elif does in _OF_ONE_SERVICE:
        yield from _faults_of_services(named[:1], services)
        if does == "run" and named[1:]:
            # What stands behind the service is a command of `balian`, the program of its image.
            yield from _faults_of_balian(further[further.index(named[0]) + 1 :])
    elif does in _OF_SOME_SERVICES:
        yield from _faults_of_services(named, services)


def _faults_of_services(named: Iterable[str], services: frozenset[str]) -> Iterator[str]:
    for name in named:
        if name not in services:
            yield f"there is no service {name}"


def _faults_of_balian(words: list[str]) -> Iterator[str]:
    """Let the command line itself read the words, without doing anything."""
    command: Any = typer.main.get_command(app)
    name = "balian"
    while words and hasattr(command, "commands"):
        name, *words = words
        if name not in command.commands:
            yield f"balian has no command {name}"
            return
        command = command.commands[name]
    try:
        told = command.make_context(name, list(words)).params
    except typer.TyperException as wrong:
        yield f"balian does not take it: {wrong.format_message()}"
        return
    if name == "call":
        yield from _faults_of_call(told)


def _faults_of_call(told: dict[str, Any]) -> Iterator[str]:
    try:
        called = target_named(told["target"])
        party = party_named(told["party"])
    except (CallUnknown, PartyUnreadable) as unknown:
        yield str(unknown)
        return
    if not POLICY[called.wire_name].intersection(party.roles):
        yield f"{called.wire_name} is not for {', '.join(party.roles)}"
    if told["request"] == "-" or called.is_command:
        return
    try:
        called.request.load(read_json(told["request"]))
    except (JsonUnreadable, MalformedRequest) as refused:
        yield str(refused)
