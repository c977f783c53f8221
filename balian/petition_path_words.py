"""A petition's path as a person reads it: a tree of causes, then what waits now."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.text import Text
from rich.tree import Tree

from balian.petition_path import PetitionPath, Step, Wait, Waiting
from shared.contracts.every_service import (
    TracedCall,
    TracedDeadline,
    TracedEvent,
    TracedMessage,
)

_HERE: Final = ZoneInfo("Asia/Shanghai")

_CALL_ENDS: Final = {"replied": "已办", "refused": "不予办理"}
_MESSAGE_ENDS: Final = {
    "handled": "已处理",
    "refused": "依规定不处理",
    "early": "先到，等待前序",
    "parked": "已搁置",
}
_DEADLINE_ENDS: Final = {
    "pending": "未到期",
    "fired": "已到期",
    "met": "按期完成",
    "cancelled": "已取消",
    "superseded": "已被新期限取代",
    "failed": "到期处理失败，已搁置",
}


def tree_of(path: PetitionPath) -> Tree:
    """Draw the path: every step under what caused it."""
    tree = Tree(
        Text(f"{path.petition_no} 的消息经过（北京时间；+ 为从记录起经过的秒数）", style="bold")
    )
    for step in path.steps:
        _grow(tree, step, None)
    return tree


def waiting_lines(path: PetitionPath) -> list[str]:
    """Say what waits now, one line each."""
    return [_waiting(one) for one in path.waiting]


def _grow(tree: Tree, step: Step, since: datetime | None) -> None:
    branch = tree.add(Text(_line(step, since), style="red" if _is_trouble(step) else ""))
    for effect in step.effects:
        _grow(branch, effect, step.done_at)


def _line(step: Step, since: datetime | None) -> str:
    origin = "" if step.caused_by is None else f"（起因 {step.caused_by}）"
    return f"{_instant(step.at)} {step.service} {_words(step.fact, since)}{origin}"


def _words(
    fact: TracedCall | TracedEvent | TracedMessage | TracedDeadline, since: datetime | None
) -> str:
    match fact:
        case TracedCall():
            return f"请求 {fact.method} {_end(_CALL_ENDS, fact.outcome, fact.error)}"
        case TracedEvent():
            to = f" → {fact.node}" if fact.node else ""
            return f"发出 {fact.type}{to} {_relayed(fact)}"
        case TracedMessage():
            after = "" if since is None else f" {_lag(since, fact.handled_at)}"
            end = _end(_MESSAGE_ENDS, fact.outcome, fact.error)
            return f"收到 {fact.type} {end}{_why(fact)}{after}"
        case TracedDeadline():
            return f"期限 {fact.kind} {_ends(fact)}"


def _end(words: dict[str, str], outcome: str, error: str | None) -> str:
    said = words.get(outcome, outcome)
    return f"{said}（{error}）" if error else said


def _relayed(event: TracedEvent) -> str:
    if event.relayed_at is not None:
        return f"已发出 {_lag(event.recorded_at, event.relayed_at)}"
    tried = f"，已试 {event.attempts} 次（{event.last_failure}）" if event.attempts else ""
    return f"未发出{tried}"


def _why(message: TracedMessage) -> str:
    if message.waits_for is not None:
        return f" {message.waits_for}"
    return "" if message.parked_no is None else f"：编号 {message.parked_no}，{message.reason}"


def _ends(deadline: TracedDeadline) -> str:
    end = _end(_DEADLINE_ENDS, deadline.state, deadline.error)
    settled = "" if deadline.settled_at is None else f"（{_instant(deadline.settled_at)}）"
    return f"{_instant(deadline.fires_at)} 到期：{end}{settled}"


def _is_trouble(step: Step) -> bool:
    match step.fact:
        case TracedCall():
            return False  # A refusal is an answer.
        case TracedEvent() as event:
            return event.relayed_at is None
        case TracedMessage() as message:
            return message.outcome in {"early", "parked"}
        case TracedDeadline() as deadline:
            return deadline.state == "failed"


def _waiting(one: Waiting) -> str:
    since = _instant(one.since)
    match one.wait:
        case Wait.UNSENT:
            why = f"（{one.detail}）" if one.detail else ""
            return f"{one.service}：{one.name} 尚未发出，自 {since}{why}"
        case Wait.ON_THE_WAY:
            return f"{one.service}：尚无 {one.name} 的处理记录，{one.detail} 已于 {since} 发出"
        case Wait.EARLY:
            return f"{one.service}：{one.name} 先到，等待 {one.detail}，自 {since}"
        case Wait.PARKED:
            return (
                f"{one.service}：{one.name} 已搁置，自 {since}；"
                f"查看：balian parked show {one.detail} --service {one.service}"
            )
        case Wait.DEADLINE:
            fires_at = _instant(datetime.fromisoformat(str(one.detail)))
            return f"{one.service}：期限 {one.name} 于 {fires_at} 到期"


def _instant(instant: datetime) -> str:
    return instant.astimezone(_HERE).strftime("%Y-%m-%d %H:%M:%S")


def _lag(since: datetime, until: datetime) -> str:
    return f"{(until - since).total_seconds():+.3f} s"
