"""What the health listener answers to each request."""

from __future__ import annotations

import json

import pytest
from prometheus_client import CollectorRegistry, Counter

from shared.health import Board, Findings, Part
from shared.health.answers import respond

NOW = 1000.0


def a_board(*, alive: bool = True, failing: tuple[Part, ...] = ()) -> Board:
    board = Board(NOW if alive else 0.0)
    findings = Findings("intake", has_started=True)
    for part in Part:
        findings.found_good(part, NOW)
    for part in failing:
        findings.found_bad(part)
    board.add(findings)
    return board


def asked(request: bytes, board: Board) -> tuple[int, dict[str, str], bytes]:
    head, _, body = respond(request, board, now=NOW).partition(b"\r\n\r\n")
    status, *fields = head.decode("ascii").split("\r\n")
    headers = dict(field.split(": ", 1) for field in fields)
    return int(status.split(" ")[1]), headers, body


@pytest.mark.parametrize(("alive", "status"), [(True, 200), (False, 503)])
def test_healthz_tells_whether_the_process_is_alive(alive: bool, status: int) -> None:
    found, headers, body = asked(b"GET /healthz HTTP/1.1", a_board(alive=alive))

    assert found == status
    assert json.loads(body) == {"alive": alive}
    assert headers["Content-Length"] == str(len(body))
    assert headers["Connection"] == "close"


def test_readyz_is_good_when_every_part_works() -> None:
    status, _, body = asked(b"GET /readyz HTTP/1.1", a_board())

    assert status == 200
    assert json.loads(body) == {"ready": True, "failing": {}}


def test_readyz_names_what_fails_and_nothing_more() -> None:
    status, _, body = asked(b"GET /readyz HTTP/1.1", a_board(failing=(Part.BUS, Part.RELAY)))

    assert status == 503
    assert json.loads(body) == {"ready": False, "failing": {"intake": ["bus", "relay"]}}


@pytest.mark.parametrize(
    "board",
    [
        pytest.param(a_board(alive=False), id="whose hub stands still"),
        pytest.param(Board(NOW), id="without a service"),
    ],
)
def test_a_process_is_not_ready(board: Board) -> None:
    status, _, body = asked(b"GET /readyz HTTP/1.1", board)

    assert status == 503
    assert json.loads(body)["ready"] is False


def test_metrics_are_told_in_prometheus_text_form() -> None:
    registry = CollectorRegistry()
    Counter("balian_things_total", "Things.", registry=registry).inc()

    answer = respond(b"GET /metrics?x=1 HTTP/1.1", a_board(), now=NOW, registry=registry)

    assert b"Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n" in answer
    assert answer.endswith(b"\nbalian_things_total 1.0\n")


def test_a_page_of_a_service_is_shown_as_json() -> None:
    board = a_board()
    findings = Findings("triage", pages={"/targets": lambda: b"[]\n"})
    board.add(findings)

    status, headers, body = asked(b"GET /targets HTTP/1.1", board)

    assert (status, body) == (200, b"[]\n")
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_page_that_is_not_known_yet_is_not_there_now() -> None:
    board = a_board()
    board.add(Findings("triage", pages={"/targets": lambda: None}))

    status, _, body = asked(b"GET /targets HTTP/1.1", board)

    assert status == 503
    assert json.loads(body) == {"error": "Service Unavailable"}


def test_the_page_of_a_service_that_has_left_is_gone() -> None:
    board = a_board()
    findings = Findings("triage", pages={"/targets": lambda: b"[]\n"})
    board.add(findings)

    board.remove(findings)

    assert asked(b"GET /targets HTTP/1.1", board)[0] == 404


def test_a_head_is_answered_without_a_body() -> None:
    status, headers, body = asked(b"HEAD /readyz HTTP/1.1", a_board())

    assert status == 200
    assert int(headers["Content-Length"]) > 0
    assert body == b""


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        pytest.param(b"GET / HTTP/1.1", 404, id="another page"),
        pytest.param(b"GET /healthz/ HTTP/1.1", 404, id="nearly a page"),
        pytest.param(b"POST /healthz HTTP/1.1", 405, id="a change"),
        pytest.param(b"DELETE /metrics HTTP/1.0", 405, id="a deletion"),
        pytest.param(b"GET /healthz", 400, id="no version"),
        pytest.param(b"GET /healthz HTTP/2", 400, id="another version"),
        pytest.param(b"GET http://x/healthz HTTP/1.1", 400, id="a proxy's request"),
        pytest.param(b"", 400, id="nothing"),
        pytest.param("GET /健康 HTTP/1.1".encode(), 400, id="not ascii"),
    ],
)
def test_anything_else_is_refused(request_line: bytes, status: int) -> None:
    found, headers, body = asked(request_line, a_board())

    assert found == status
    assert set(json.loads(body)) == {"error"}
    assert headers.get("Allow") == ("GET, HEAD" if status == 405 else None)
