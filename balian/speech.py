"""How the command line talks: to people on stderr, in data on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from balian.faults import CommandFault
from balian.summary import Summary
from balian.wording import FORMS, OUTCOMES, listed
from shared.contracts.base import Refusal, refusal_named

_MOST_REASONS: Final = 3


def talk() -> Console:
    """Give the console for talk: stderr as it is now, since tests and shells redirect it."""
    return Console(stderr=True, highlight=False)


def put(value: Any) -> None:
    """Print data on stdout, as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Say a sentence to whoever sits there."""
    talk().print(text, markup=False)


def say_fault(fault: CommandFault) -> None:
    """Say what happened, why, and what to do."""
    console = talk()
    console.print(f"balian: {fault.what}", markup=False, style="bold red", soft_wrap=True)
    for text in (fault.why, fault.todo):
        for line in text.splitlines():
            console.print(f"  {line}", markup=False, soft_wrap=True)


def say_refusal(refusal: Refusal) -> None:
    """Say that a rule refuses a call: the Chinese label first, then the name and the sentence."""
    console = talk()
    console.print(f"不予办理：{refusal.label}", markup=False, style="bold red", soft_wrap=True)
    console.print(f"  {type(refusal).__name__} {refusal.message}", markup=False, soft_wrap=True)


def say_summary(summary: Summary) -> None:
    """Show a play's figures as a table that a petition officer reads at a glance."""
    table = Table(title=summary.title or summary.casebook, title_justify="left", show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for chapter in _chapters(summary):
        table.add_section()
        for row in chapter:
            table.add_row(*row)
    talk().print(table)


Row = tuple[str, str, str]


def _chapters(summary: Summary) -> list[list[Row]]:
    it = summary
    full_slips = f"八个收件职务齐全 {it.slip_sets_of_eight_posts} 套"
    ends = f"在办 {it.cases_open}、结案 {it.cases_closed}、归档 {it.cases_archived}"
    promises = f"承诺 {it.promises_made} 次，未兑现 {it.promises_broken} 次"
    decided = f"同意 {it.circulars_approved}、不予通报 {it.circulars_rejected}"
    kept = f"搁置 {it.messages_parked}、未发出 {it.outbox_unsent}、待前序 {it.early_waiting}"
    before: list[Row] = [
        ("登记信访事项", f"{it.petitions} 件", listed(it.by_form, FORMS)),
        ("来访（含重复）", f"{it.visits} 次", ""),
        ("疏理去向", "", listed(it.by_outcome, OUTCOMES)),
    ]
    during: list[Row] = [
        ("四卡", f"{it.card_sets} 套", f"四张齐全 {it.card_sets_of_four} 套"),
        ("四方碰头", f"{it.meetings} 次", f"缺席 {it.absences} 次"),
        ("当场答复 / 作出决定", f"{it.answered_on_spot} / {it.decisions} 件", ""),
    ]
    after: list[Row] = [
        ("八单", f"{it.slip_sets} 套", f"{full_slips}，全部撤回 {it.slip_sets_recalled} 套"),
        ("受理督办", f"{it.cases_opened} 件", f"{ends}；延期 {it.extensions} 次"),
        ("逾期", f"{it.overdue_cases} 件", promises),
        ("通报", f"{it.circulars_issued} 份", f"提出 {it.circulars_proposed}、{decided}"),
    ]
    machinery: list[Row] = [
        ("依规定不予办理的请求", f"{it.refusals} 次", _refusals(it.refusals_by_name)),
        ("消息", f"{it.events} 条", kept),
        ("接访点", f"{len(it.nodes)} 个", "、".join(it.nodes)),
        ("用时", f"{it.duration_seconds:.1f} 秒", f"{it.played_lines} 行"),
    ]
    return [before, during, after, machinery]


def _refusals(by_name: Mapping[str, int]) -> str:
    """Tell why, in the first clause of each refusal's label; the names stand in the JSON."""
    reasons = list(dict.fromkeys(refusal_named(name).label.partition("，")[0] for name in by_name))
    more = f"等{len(reasons)}种" if len(reasons) > _MOST_REASONS else ""
    return "；".join(reasons[:_MOST_REASONS]) + more
