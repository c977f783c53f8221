"""`balian doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import dataclasses
import sys

import typer
from rich.console import Console
from rich.table import Table

from balian.commands.edge import USUAL_DIRECTORY, DirectoryOption, JsonOption, faults_told
from balian.doctor import Finding, State, examine, is_enough
from balian.exit_codes import ExitCode
from balian.speech import put, say

_MARKS = {State.OK: "[green]有[/]", State.LACKING: "[red]缺少[/]", State.ABSENT: "[yellow]没有[/]"}


def doctor(*, directory: DirectoryOption = USUAL_DIRECTORY, as_json: JsonOption = False) -> None:
    """Tell what this machine has and lacks; exit 0 when the embedded host can run."""
    with faults_told():
        findings = examine(directory)
    enough = is_enough(findings)
    if as_json:
        put({"enough": enough, "findings": [dataclasses.asdict(found) for found in findings]})
    else:
        Console(file=sys.stdout).print(_table(findings))
    if not enough:
        say("缺少运行所必需的内容，请按上表补齐。Something required is lacking; see the table.")
        raise typer.Exit(ExitCode.MACHINE_LACKS)
    say("本机可以运行 balian up 和 balian play。")


def _table(findings: list[Finding]) -> Table:
    table = Table("项目", "", "情况", "用于", "怎样补齐")
    for found in findings:
        mark = _MARKS[found.state]
        table.add_row(found.subject, mark, found.found, found.needed_for, found.remedy)
    return table
