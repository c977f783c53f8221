"""A casebook is checked whole before it is played: every fault is told, with its line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from balian.casebook import AdvanceLine, CallLine, NoCasebook, read_casebook
from balian.node_setups import NodeSetup

DIRECTORY = """
office: {code: petition_office, name: 云岭县信访局, address: 人民路12号, phone: 0999-2100012}
territories: [{code: county, name: 云岭县}]
fields: [{code: labour, name: 劳动工资}]
leaders: [{code: l_head, name: 县长, title: 县长, organ: county, posts: [county_head]}]
units: [{code: no, name: 人社局, organ: county}]
authorisations: [{number: 云委〔2026〕3号, issued_on: 2026-01-05, organ: county}]
"""
HEADER = {"casebook": 1, "directory": "county.yaml", "start": "2026-06-01T08:30:00+08:00"}
REGISTER = {
    "at": "2026-06-01T09:10:00+08:00",
    "as": "clerk:wang",
    "call": "intake.register_petition",
    "with": {"form": "visit", "territory": "county", "summary": "s", "text": "t"},
    "save": "p1",
}
SORT = {
    "at": "2026-06-01T15:00:00+08:00",
    "as": "officer:li",
    "call": "triage.sort_petition",
    "with": {"petition_no": "${p1.petition_no}"},
}
ADVANCE = {"at": "2026-08-31T18:00:00+08:00", "advance": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "county.yaml").write_text(DIRECTORY, encoding="utf-8")
    return tmp_path


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "week.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def faults_of(path: Path) -> str:
    with pytest.raises(NoCasebook) as refused:
        read_casebook(path)
    return refused.value.why


def test_a_casebook_is_a_header_and_lines(folder: Path) -> None:
    path = written(folder, HEADER | {"title": "一周", "proves": ["C-08"]}, REGISTER, SORT, ADVANCE)

    casebook = read_casebook(path)

    assert casebook.header.title == "一周"
    assert casebook.header.proves == ("C-08",)
    assert casebook.header.start == datetime.fromisoformat("2026-06-01T08:30:00+08:00")
    register, sort, advance = casebook.lines
    assert isinstance(register, CallLine)
    assert register.number == 2
    assert register.save == "p1"
    assert isinstance(sort, CallLine)
    assert str(sort.target) == "triage.sort_petition"
    assert isinstance(advance, AdvanceLine)
    assert casebook.last_number == 4


def test_the_header_may_set_nodes_up(folder: Path) -> None:
    nodes = {"sanchakou": {"regime": "weekly_rota"}, "baihe": {"regime": "./ours.yaml"}}

    header = read_casebook(written(folder, HEADER | {"nodes": nodes})).header

    assert header.nodes["sanchakou"] == NodeSetup(regime="weekly_rota")
    assert Path(header.nodes["baihe"].regime) == folder / "ours.yaml"


def test_a_header_that_sets_no_node_up_is_refused(folder: Path) -> None:
    told = faults_of(written(folder, HEADER | {"nodes": {"sanchakou": {"rules": "x"}}}))

    assert "line 1: the header: the setup of node sanchakou may hold regime" in told


def test_the_directory_lies_beside_the_casebook_and_is_read_plainly(folder: Path) -> None:
    casebook = read_casebook(written(folder, HEADER))

    [authorisation] = casebook.directory["authorisations"]
    assert authorisation["issued_on"] == "2026-01-05"
    assert casebook.directory["units"][0]["code"] == "no"


def test_blank_lines_count_but_say_nothing(folder: Path) -> None:
    casebook = read_casebook(written(folder, HEADER, "", REGISTER))

    assert [line.number for line in casebook.lines] == [3]


def line(**changes: Any) -> dict[str, Any]:
    changed = REGISTER | changes
    return {key: value for key, value in changed.items() if value is not ...}


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        pytest.param(["{nonsense"], "line 1: no JSON at column 2", id="the header is no JSON"),
        pytest.param(["[1, 2]"], "line 1: a line is one JSON object", id="the header is a list"),
        pytest.param([{}], '"casebook": 1', id="the header lacks its version"),
        pytest.param([HEADER | {"casebook": 2}], '"casebook": 1', id="another version"),
        pytest.param([HEADER | {"casebook": True}], '"casebook": 1', id="true is no version"),
        pytest.param([HEADER | {"start": "Monday"}], "header's start", id="start is no instant"),
        pytest.param(
            [HEADER | {"start": "2026-06-01T08:30:00"}], "time zone", id="start without zone"
        ),
        pytest.param([HEADER | {"directory": ""}], "directory file", id="no directory named"),
        pytest.param(
            [HEADER | {"directory": "none.yaml"}], "none.yaml cannot be read", id="no directory"
        ),
        pytest.param([HEADER | {"title": 3}], "title must be text", id="the title is a number"),
        pytest.param([HEADER | {"proves": "C-08"}], "proves must be a list", id="proves is text"),
        pytest.param([HEADER | {"colour": "red"}], "no key 'colour'", id="unknown header key"),
        pytest.param([HEADER, '{"at": '], "line 2: no JSON at column 7", id="a line cut short"),
        pytest.param([HEADER, line(at=...)], "line 2: at must be an instant", id="no moment"),
        pytest.param([HEADER, line(at="soon")], "line 2: at must be", id="no instant"),
        pytest.param(
            [HEADER, line(at="2026-06-01T08:29:59+08:00")],
            "line 2: time goes backwards",
            id="before the start",
        ),
        pytest.param(
            [HEADER, ADVANCE, REGISTER], "line 3: time goes backwards", id="before the last line"
        ),
        pytest.param([HEADER, line(**{"as": ...})], "line 2: missing: as", id="nobody calls"),
        pytest.param([HEADER, line(call=...)], "line 2: missing: call", id="nothing is called"),
        pytest.param([HEADER, line(**{"as": "wang"})], "line 2: as: ", id="no role"),
        pytest.param([HEADER, line(**{"as": "wizard:w"})], "no role wizard", id="unknown role"),
        pytest.param([HEADER, line(call="intake.shred")], "no method 'shred'", id="unknown method"),
        pytest.param([HEADER, line(call="desk.show")], "no service 'desk'", id="unknown service"),
        pytest.param([HEADER, line(call=7)], "line 2: call: ", id="a call that is no text"),
        pytest.param([HEADER, line(**{"with": []})], "with must be an object", id="with is a list"),
        pytest.param([HEADER, line(save="1p")], "save must be a name", id="save is no name"),
        pytest.param(
            [HEADER, line(save=..., refuse="NoSuchThing")],
            "no refusal 'NoSuchThing'",
            id="unknown refusal",
        ),
        pytest.param(
            [HEADER, line(refuse="UnitUnknown")], "no reply to save", id="saving a refusal"
        ),
        pytest.param([HEADER, line(colour="red")], "no key 'colour'", id="unknown key"),
        pytest.param([HEADER, SORT], "no earlier line saves 'p1'", id="unknown reference"),
        pytest.param(
            [HEADER, REGISTER, SORT | {"with": {"petition_no": "${p1.number}"}}],
            "replies PetitionReceipt, which has no such field",
            id="a reference to a field the reply cannot have",
        ),
        pytest.param(
            [HEADER, ADVANCE | {"advance": False}], "advance can only be true", id="no advance"
        ),
    ],
)
def test_a_file_that_is_no_casebook_is_told_with_the_line(
    folder: Path, lines: list[Any], fault: str
) -> None:
    assert fault in faults_of(written(folder, *lines))


def test_all_faults_are_told_at_once(folder: Path) -> None:
    path = written(folder, HEADER, line(call="intake.shred"), line(save="1p"), "{")

    told = faults_of(path)

    assert told.count("line ") == 3


def test_of_very_many_faults_only_the_first_are_told(folder: Path) -> None:
    path = written(folder, HEADER, *["{"] * 50)

    assert faults_of(path).endswith("... and 30 more")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"\xff\xfe\x00", "no UTF-8", id="another encoding"),
        pytest.param(b"PK\x03\x04\n", "line 1: no JSON", id="a binary file"),
    ],
)
def test_another_kind_of_file_is_no_casebook(folder: Path, content: bytes, fault: str) -> None:
    path = folder / "other"
    path.write_bytes(content)

    assert fault in faults_of(path)


def test_a_missing_file_is_no_casebook(folder: Path) -> None:
    assert "cannot be read" in faults_of(folder / "none.jsonl")


@pytest.mark.parametrize(
    ("directory", "fault"),
    [
        pytest.param("office: [", "is no YAML", id="broken YAML"),
        pytest.param("- a list", "is no mapping", id="a list"),
        pytest.param("office: {code: x}", "PutDirectory: ", id="fields missing"),
    ],
)
def test_a_broken_directory_is_told(folder: Path, directory: str, fault: str) -> None:
    (folder / "county.yaml").write_text(directory, encoding="utf-8")

    assert fault in faults_of(written(folder, HEADER))


def test_request_ids_derive_from_header_and_run_alone(folder: Path) -> None:
    cut_short = read_casebook(written(folder, HEADER, REGISTER))
    whole = read_casebook(written(folder, HEADER, REGISTER, SORT, ADVANCE))
    another = read_casebook(written(folder, HEADER | {"title": "另一周"}, REGISTER))

    assert cut_short.request_prefix() == whole.request_prefix()
    assert whole.request_prefix("again") != whole.request_prefix()
    assert another.request_prefix() != whole.request_prefix()
    assert whole.request_prefix().startswith("cb-")
    assert len(whole.request_prefix()) == len("cb-") + 16


def test_the_refusal_of_an_unknown_role_can_be_shown(folder: Path) -> None:
    asked = line(**{"as": "wizard:w"}, save=..., refuse="RoleUnknown")

    casebook = read_casebook(written(folder, HEADER, asked))

    assert isinstance(casebook.lines[0], CallLine)
    assert casebook.lines[0].party.roles == ("wizard",)
