"""The embedded host: one to a directory, called in the process and by its socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from balian.host import DirectoryLocked, EmbeddedHost
from balian.socket import SOCKET_NAME, NoHost, SocketClient
from shared.clock import ClockKind
from shared.contracts.base import MalformedRequest
from shared.contracts.every_service import ClockNotSimulated
from shared.messaging.client import MethodUnknown, ServiceUnknown
from tests.support.bus import counter, services
from tests.support.bus.harness import CLERK, OPERATOR, petition


@pytest.fixture(autouse=True)
def services_declared() -> Iterator[None]:
    with services.declared():
        yield


def host_in(directory: Path, clock: ClockKind = ClockKind.SIMULATED) -> EmbeddedHost:
    return EmbeddedHost(
        directory,
        clock=clock,
        nodes=(),
        services=services.SERVICES,
        prepare=services.create_tables,
    )


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EmbeddedHost]:
    with host_in(tmp_path) as running:
        yield running


def placing(number: int) -> dict[str, Any]:
    return {"request_id": f"placing-{number:04d}", "petition_no": petition(number)}


def test_the_host_answers_in_its_process_and_comes_to_rest(host: EmbeddedHost) -> None:
    taken = host.call_raw("counter", "place_order", placing(1), CLERK)

    assert taken["orders"] == 1
    assert host.await_rest(timeout=10)
    entries = host.call_raw("ledger", "list_entries", {}, CLERK)["entries"]
    assert entries == [{"petition_no": petition(1), "kind": "placed"}]


def test_the_host_answers_by_its_socket(host: EmbeddedHost) -> None:
    with SocketClient(host.directory) as client:
        assert client.services == ("counter", "ledger")
        assert client.clock == "simulated"
        assert client.call_raw("counter", "place_order", placing(1), CLERK)["orders"] == 1
        with pytest.raises(counter.OrderRefused, match=r"^\[P-5\]"):
            client.call_raw("counter", "place_order", placing(2) | {"fails": "refused"}, CLERK)
        with pytest.raises(MalformedRequest):
            client.call_raw("counter", "place_order", None, CLERK)
        with pytest.raises(ServiceUnknown):
            client.call_raw("nobody", "place_order", {}, CLERK)
        with pytest.raises(MethodUnknown):
            client.call_raw("counter", "dance", {}, CLERK)


@pytest.mark.parametrize(
    "line",
    [b"no json", b"[]", b"{}", b'{"service": 1, "method": 2, "headers": {}}', b'{"service": "a"}'],
)
def test_a_malformed_line_is_answered_and_the_line_stays_open(
    host: EmbeddedHost, line: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(host.directory / SOCKET_NAME))
        answers = client.makefile("rb")
        client.sendall(line + b"\n")
        first = json.loads(answers.readline())
        client.sendall(b'{"host": "services"}\n')
        second = json.loads(answers.readline())
        answers.close()

    assert first["error"] == "MalformedRequest"
    assert first["rule"] == "L22-19"
    assert second["reply"]["services"] == ["counter", "ledger"]


def test_a_second_host_of_the_directory_is_told_so(host: EmbeddedHost) -> None:
    with pytest.raises(DirectoryLocked, match="in use by another host"):
        host_in(host.directory).start()

    assert host.call_raw("counter", "count_orders", {}, CLERK) == {"count": 0}


def test_a_directory_is_free_again_after_a_stop_and_keeps_its_state(tmp_path: Path) -> None:
    with host_in(tmp_path) as first:
        first.call_raw("counter", "place_order", placing(1), CLERK)

    with host_in(tmp_path) as second:
        assert second.call_raw("counter", "place_order", placing(1), CLERK)["orders"] == 1
        assert second.await_rest(timeout=10)
    with pytest.raises(NoHost):
        SocketClient(tmp_path)


def test_the_socket_of_a_directory_with_a_long_name_is_found(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 30)

    with host_in(directory), SocketClient(directory) as client:
        assert client.call_raw("counter", "count_orders", {}, CLERK) == {"count": 0}


def test_stores_keys_and_socket_are_their_owners_alone(host: EmbeddedHost) -> None:
    assert (host.directory / SOCKET_NAME).stat().st_mode & 0o077 == 0
    assert all(key.stat().st_mode & 0o077 == 0 for key in (host.directory / "keys").iterdir())


def test_under_the_system_clock_nobody_sweeps_by_hand(tmp_path: Path) -> None:
    operator = {"actor": OPERATOR["actor"]}

    with host_in(tmp_path, ClockKind.SYSTEM) as running, pytest.raises(ClockNotSimulated):
        running.call_raw("counter", "sweep", {"request_id": "sweeping-1"}, operator)
