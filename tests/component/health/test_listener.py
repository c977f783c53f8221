"""The health listener answers from threads of its own, whatever the green threads do."""

from __future__ import annotations

import re
import select
import socket
import threading

import pytest

from shared.health import Findings, PortUnusable, listener_at
from tests.support.bus.harness import eventually
from tests.support.health import Told, ask, ask_for_every_page, free_port
from tests.support.health_latency import ended, process

_SAMPLE = re.compile(rb"^balian_test_counted_total\{.*\} (\S+)$", re.MULTILINE)


def test_every_page_comes_while_a_green_thread_computes() -> None:
    port = free_port()

    with process(port, "compute") as computing:
        told = ask_for_every_page(port)
        assert computing.stdout is not None
        is_computing = not select.select([computing.stdout], [], [], 0)[0]
        ended(computing)

    assert is_computing, "it gave way only when it was told to, after the last answer"
    assert [one.status for one in told] == [200, 503, 200] * 10


def test_a_process_whose_green_threads_get_no_turn_for_long_is_not_alive() -> None:
    port = free_port()

    with process(port, "compute"):
        assert eventually(lambda: ask(port, "/healthz").status == 503, within=30)


def test_metrics_may_be_asked_by_many_while_green_threads_count() -> None:
    port = free_port()
    answers: list[Told] = []

    def hammer() -> None:
        answers.extend(ask(port, "/metrics") for _ in range(40))

    with process(port, "count") as counting:
        hammering = [threading.Thread(target=hammer) for _ in range(4)]
        for thread in hammering:
            thread.start()
        for thread in hammering:
            thread.join()
        counted = ended(counting)

        assert counting.wait(timeout=10) == 0
    sums = [
        sum(float(value) for value in _SAMPLE.findall(told.body))
        for told in answers
        if told.status == 200
    ]
    assert len(sums) == 160
    assert 0 < max(sums) <= counted
    assert b"_created" not in answers[0].body


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\n", b"\x16\x03\x01" + b"x" * 9000])
def test_those_who_ask_and_never_finish_do_not_keep_others_from_an_answer(said: bytes) -> None:
    port = free_port()
    told = listener_at("127.0.0.1", port, Findings("intake"))
    try:
        hanging = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
        for connection in hanging:
            connection.sendall(said)

        answer = ask(port, "/healthz")

        # Only now do they let go.
        for connection in hanging:
            connection.close()
    finally:
        told.leave()
    assert answer.status == 200


def test_services_of_one_process_share_a_listener_and_the_last_one_closes_it() -> None:
    port = free_port()
    first = listener_at("127.0.0.1", port, Findings("intake"))
    second = listener_at("127.0.0.1", port, Findings("triage"))

    told = ask(port, "/readyz").content
    first.leave()
    first.leave()
    left = ask(port, "/readyz").content
    second.leave()

    assert set(told["failing"]) == {"intake", "triage"}
    assert set(left["failing"]) == {"triage"}
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/readyz")


def test_a_port_that_is_taken_is_said_to_be_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        with pytest.raises(PortUnusable, match=rf"port {port} of 127\.0\.0\.1 .*HEALTH_PORT"):
            listener_at("127.0.0.1", port, Findings("intake"))


def test_a_closed_port_can_be_had_again_at_once() -> None:
    port = free_port()
    for _ in range(3):
        told = listener_at("127.0.0.1", port, Findings("intake"))
        assert ask(port, "/healthz").status == 200
        told.leave()
