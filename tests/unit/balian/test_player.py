"""The player keeps the casebook's time, sends the same ids again, and tells which line failed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from balian.casebook import read_casebook
from balian.casebook_lines import Line
from balian.faults import CommandFault, NotAsWritten, NotAtRest
from balian.player import Played, Player
from shared.contracts.common import UnitUnknown
from shared.contracts.every_service import PendingWork
from shared.contracts.intake import NotAGroup
from shared.contracts.mechanism import ServiceUnavailable
from shared.messaging.topology import Topology

DIRECTORY = """
office: {code: petition_office, name: 云岭县信访局, address: 人民路12号, phone: 0999-2100012}
territories: [{code: county, name: 云岭县}]
fields: [{code: labour, name: 劳动工资}]
leaders: [{code: l_head, name: 县长, title: 县长, organ: county}]
units: [{code: labour_bureau, name: 人社局, organ: county}]
"""
HEADER = {"casebook": 1, "directory": "county.yaml", "start": "2026-06-01T08:00:00+08:00"}
NINE = "2026-06-01T09:00:00+08:00"
TEN = "2026-06-01T10:00:00+08:00"
ELEVEN = "2026-06-01T11:00:00+08:00"


class ScriptedDeployment:
    """Answers as services would, remembers what it was asked, and has deadlines of its own."""

    topology = Topology(nodes=("county",))
    services = ("intake", "triage", "supervision")
    parks: tuple[str, ...] = ()

    def __init__(self, deadlines: Mapping[str, list[str]] | None = None) -> None:
        self.calls: list[tuple[str, str, dict[str, str], Any]] = []
        self.answers: dict[str, Any] = {}
        self.in_flight = 0
        self.parked = 0
        self.deadlines = {
            service: sorted(datetime.fromisoformat(at) for at in instants)
            for service, instants in (deadlines or {}).items()
        }

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        self.calls.append((f"{service}.{method}", headers["now"], dict(headers), mapping))
        if method == "sweep":
            return {"fired": self._fire(service, datetime.fromisoformat(headers["now"]))}
        self.parked += method in self.parks
        answer = self.answers.get(f"{service}.{method}", {"version": 1})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def pending(
        self, headers: Mapping[str, str], services: Iterable[str]
    ) -> dict[str, PendingWork]:
        assert headers["actor"] == "operator:casebook"
        assert headers["roles"] == "operator"
        assert set(services) <= set(self.services)
        return {
            service: PendingWork(
                service=service,
                unsent=0,
                early=0,
                parked=self.parked,
                in_flight=self.in_flight,
                published=(),
                handled=(),
                next_due=next(iter(self.deadlines.get(service, ())), None),
            )
            for service in self.services
        }

    def _fire(self, service: str, now: datetime) -> int:
        waiting = self.deadlines.get(service, [])
        self.deadlines[service] = [at for at in waiting if at > now]
        return len(waiting) - len(self.deadlines[service])

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(name, now) for name, now, _, _ in self.calls]


class Nobody:
    """Watches and says nothing."""

    def plays(self, line: Line) -> None: ...

    def passes(self, at: datetime, service: str, fired: int) -> None: ...


def call(at: str, name: str, **more: Any) -> dict[str, Any]:
    return {"at": at, "as": "clerk:wang", "call": name, "with": {}} | more


def player_of(
    folder: Path, deployment: ScriptedDeployment, *lines: dict[str, Any], run: str = ""
) -> Player:
    (folder / "county.yaml").write_text(DIRECTORY, encoding="utf-8")
    path = folder / "week.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (HEADER, *lines)), encoding="utf-8")
    return Player(
        casebook=read_casebook(path),
        deployment=deployment,
        watcher=Nobody(),
        run=run,
        rest_within=0.05,
    )


def utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def test_the_directory_comes_first_and_every_call_at_its_moment(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    player = player_of(
        tmp_path, deployment, call(NINE, "intake.find_petitions"), {"at": TEN, "advance": True}
    )

    played = player.play()

    assert deployment.told == [
        ("triage.put_directory", utc("2026-06-01T08:00:00+08:00")),
        ("intake.find_petitions", utc(NINE)),
    ]
    assert played == Played(lines=2, refusals=(), ended_at=datetime.fromisoformat(TEN).astimezone())


def test_what_falls_due_between_two_lines_fires_at_its_own_moment(tmp_path: Path) -> None:
    half_past = "2026-06-01T09:30:00+08:00"
    deployment = ScriptedDeployment(
        {"supervision": [half_past, TEN, ELEVEN], "intake": [half_past]}
    )
    player = player_of(
        tmp_path,
        deployment,
        call(NINE, "intake.find_petitions"),
        call(TEN, "intake.find_petitions"),
    )

    player.play()

    assert deployment.told[1:] == [
        ("intake.find_petitions", utc(NINE)),
        ("intake.sweep", utc(half_past)),
        ("supervision.sweep", utc(half_past)),
        ("supervision.sweep", utc(TEN)),
        ("intake.find_petitions", utc(TEN)),
    ]


def test_what_fell_due_before_the_casebook_fires_as_it_begins(tmp_path: Path) -> None:
    deployment = ScriptedDeployment({"supervision": ["1970-01-01T00:00:00+00:00"]})
    player = player_of(tmp_path, deployment)

    player.play()

    assert deployment.told[0] == ("supervision.sweep", utc("2026-06-01T08:00:00+08:00"))


def test_playing_again_sends_the_same_ids_and_another_run_others(tmp_path: Path) -> None:
    line = call(NINE, "intake.register_petition")
    first, again, other = ScriptedDeployment(), ScriptedDeployment(), ScriptedDeployment()

    player_of(tmp_path, first, line).play()
    player_of(tmp_path, again, line).play()
    player_of(tmp_path, other, line, run="second").play()

    ids = [[mapping["request_id"] for *_, mapping in one.calls] for one in (first, again, other)]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
    assert [request_id.rpartition("-")[2] for request_id in ids[0]] == ["1", "2"]


def test_a_request_id_that_a_line_names_itself_is_kept(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    line = call(NINE, "intake.record_visit", **{"with": {"request_id": "chosen-by-hand"}})

    player_of(tmp_path, deployment, line).play()

    assert deployment.calls[-1][3]["request_id"] == "chosen-by-hand"


def test_a_saved_reply_reaches_later_lines(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.answers["intake.register_petition"] = {"petition_no": "XF-20260601-0001"}
    player = player_of(
        tmp_path,
        deployment,
        call(NINE, "intake.register_petition", save="p1"),
        call(TEN, "intake.get_petition", **{"with": {"petition_no": "${p1.petition_no}"}}),
    )

    player.play()

    assert deployment.calls[-1][3] == {"petition_no": "XF-20260601-0001"}


def test_who_calls_travels_with_every_call(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    line = call(NINE, "intake.find_petitions", **{"as": "clerk+officer:wang"})

    player_of(tmp_path, deployment, line).play()

    headers = deployment.calls[-1][2]
    assert headers["actor"] == "clerk:wang"
    assert headers["roles"] == "clerk,officer"


def test_a_refusal_that_is_written_is_counted(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.answers["intake.register_petition"] = UnitUnknown("no unit x")
    line = call(NINE, "intake.register_petition", refuse="UnitUnknown")

    played = player_of(tmp_path, deployment, line).play()

    assert played.refusals == ("UnitUnknown",)


@pytest.mark.parametrize(
    ("answer", "more", "told"),
    [
        pytest.param(
            UnitUnknown("no unit x"),
            {},
            "line 2: .* refused with UnitUnknown, and should not be",
            id="refused but should not be",
        ),
        pytest.param(
            {"petition_no": "x"},
            {"refuse": "UnitUnknown"},
            r"line 2: .* accepted, and should be refused with UnitUnknown \[C-07\]",
            id="accepted but should be refused",
        ),
        pytest.param(
            NotAGroup("one person"),
            {"refuse": "UnitUnknown"},
            "line 2: .* refused with NotAGroup, and should be with UnitUnknown",
            id="refused with another error",
        ),
        pytest.param(
            {"group": True},
            {"expect": {"group": False}},
            "line 2: .* replies group = True, and False is expected",
            id="another reply than expected",
        ),
        pytest.param(
            {"group": True},
            {"expect": {"repeat": False}},
            "line 2: .* the reply has no 'repeat'",
            id="a reply without the expected field",
        ),
    ],
)
def test_a_line_that_goes_otherwise_is_named(
    tmp_path: Path, answer: Any, more: dict[str, Any], told: str
) -> None:
    deployment = ScriptedDeployment()
    deployment.answers["intake.register_petition"] = answer
    player = player_of(tmp_path, deployment, call(NINE, "intake.register_petition", **more))

    with pytest.raises(NotAsWritten, match=told):
        player.play()


def test_a_line_that_nobody_answers_is_named(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.answers["intake.register_petition"] = ServiceUnavailable("too busy")

    with pytest.raises(CommandFault, match=r"line 2: .* is not answered"):
        player_of(tmp_path, deployment, call(NINE, "intake.register_petition")).play()


def test_a_refused_directory_is_named_as_line_1(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.answers["triage.put_directory"] = UnitUnknown("no unit x")

    with pytest.raises(NotAsWritten, match="line 1: the directory is refused"):
        player_of(tmp_path, deployment).play()


def test_a_play_can_stop_at_a_line(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    lines = [call(NINE, "intake.find_petitions"), call(TEN, "intake.find_similar")]
    player = player_of(tmp_path, deployment, *lines)

    played = player.play(until_line=2)

    assert played.lines == 1
    assert deployment.told[-1] == ("intake.find_petitions", utc(NINE))


def test_a_bus_that_never_rests_is_told_with_what_waits(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.in_flight = 2

    with pytest.raises(NotAtRest) as restless:
        player_of(tmp_path, deployment).play()

    assert "intake: 0 unsent, 2 in flight, 0 early" in restless.value.why


def test_a_message_that_cannot_be_handled_stops_the_play(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.parks = ("record_visit",)
    lines = [call(NINE, "intake.record_visit"), call(TEN, "intake.find_petitions")]

    with pytest.raises(NotAtRest, match="after line 2 a message could not be handled"):
        player_of(tmp_path, deployment, *lines).play()


def test_what_was_parked_before_the_play_does_not_stop_it(tmp_path: Path) -> None:
    deployment = ScriptedDeployment()
    deployment.parked = 3

    player_of(tmp_path, deployment, call(NINE, "intake.record_visit")).play()


def test_deadlines_that_fire_without_end_are_told(tmp_path: Path) -> None:
    class Endless(ScriptedDeployment):
        def _fire(self, service: str, now: datetime) -> int:
            del service, now
            return 0

    deployment = Endless({"supervision": [NINE]})

    with pytest.raises(NotAtRest, match="fire without end"):
        player_of(tmp_path, deployment, {"at": TEN, "advance": True}).play()
