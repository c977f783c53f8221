"""A township's node that is down: its petitions wait, and whoever asks is told so plainly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final

import eventlet
import pytest
import yaml

from balian.host import EmbeddedHost, county_services
from shared.clock import ClockKind
from tests.support.casebooks import CASEBOOKS

BOTH: Final = ("county", "sanchakou")
TOWN: Final = "reception_sanchakou"
ORDERS: Final = {
    "plan_sessions",
    "put_directory",
    "register_petition",
    "retire_node",
    "sort_petition",
    "sweep",
}
LIMIT: Final = 30.0


class Host:
    """A host in simulated time, called as from a desk."""

    def __init__(self, host: EmbeddedHost) -> None:
        self._host = host

    def call(self, target: str, at: str, party: str = "officer:desk", **request: Any) -> Any:
        """Make one call at a local moment of June 2026."""
        service, _, method = target.partition(".")
        if method in ORDERS:
            request["request_id"] = f"node-down-{at}-{service}-{method}"
        return self._host.call_raw(service, method, request, headers_at(at, party))

    def rests(self) -> None:
        """Wait until everything that was published has arrived."""
        assert self._host.await_rest(timeout=LIMIT)


def headers_at(at: str, party: str) -> Mapping[str, str]:
    return {
        "actor": party,
        "roles": party.partition(":")[0],
        "now": f"2026-06-{at}:00+08:00",
    }


@contextmanager
def running(directory: Path, *, down: str | None = None) -> Iterator[Host]:
    """Run the host; one of the services may be down."""
    services = [each for each in county_services(BOTH) if vars(each)["name"] != down]
    host = EmbeddedHost(directory, clock=ClockKind.SIMULATED, nodes=BOTH, services=services)
    host.start()
    try:
        yield Host(host)
    finally:
        host.stop()


def until(came: Callable[[], bool]) -> None:
    """Look until something has come, for a bounded time."""
    ends = monotonic() + LIMIT
    while not came():
        assert monotonic() < ends
        eventlet.sleep(0.05)


def opens(host: Host) -> None:
    """Put the directory, let both nodes announce themselves, plan the township's Fridays."""
    content = yaml.load((CASEBOOKS / "county.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
    host.call("triage.put_directory", "01T08:00", "operator:console", **content)
    for node in BOTH:
        host.call(f"reception_{node}.sweep", "01T08:01", "operator:console")
    host.rests()
    host.call(
        f"{TOWN}.plan_sessions",
        "01T08:10",
        from_on="2026-06-05",
        until_on="2026-06-12",
        place="镇政府会议室",
    )


def registers_and_sorts(host: Host) -> Any:
    """Bring one petition of the township to its leader; the register has heard where it went."""
    receipt = host.call(
        "intake.register_petition",
        "02T09:00",
        "clerk:window",
        form="visit",
        territory="sanchakou",
        petitioners=[{"name": "张三", "phone": "19900000001"}],
        summary="承包地边界",
        text="承包地边界有争议，请求复核。",
        declared_category="claim",
        field="land",
    )
    number = receipt["petition_no"]
    until(lambda: number in unsorted(host))
    host.call(
        "triage.sort_petition",
        "02T10:00",
        petition_no=number,
        category="claim",
        outcome="leader_in_charge",
        reason="需要领导协调",
        field="land",
        severity="complex",
        severity_reason="涉及面较宽",
        lead_unit="township_sanchakou",
    )
    until(lambda: tracked(host, receipt, "02T10:01")["stage"] == "routed")
    return receipt


def unsorted(host: Host) -> list[str]:
    waiting = host.call("triage.list_unsorted", "02T09:01")["petitions"]
    return [petition["petition_no"] for petition in waiting]


def tracked(host: Host, receipt: Any, at: str) -> Any:
    code = receipt["receipt_code"]
    return host.call("intake.track", at, "petitioner:visitor", receipt_code=code)


@pytest.mark.proves("P-8", "P-5", "D-30")
def test_a_petition_whose_node_is_down_waits_and_says_so_until_the_node_is_back(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "store"
    with running(directory) as host:
        opens(host)
    with running(directory, down=TOWN) as host:
        receipt = registers_and_sorts(host)
        while_down = tracked(host, receipt, "03T09:00")
        shown = host.call(
            "intake.get_petition", "03T09:01", petition_no=receipt["petition_no"], purpose="催办"
        )
    with running(directory) as host:
        host.rests()
        once_back = tracked(host, receipt, "03T10:01")

    where = "2026年6月2日（星期二）已转到某镇接访点，该接访点尚未接收"
    assert while_down["stage"] == "routed"
    assert where in while_down["next_step"]
    assert while_down["waiting"]["taken_in"] is False
    assert shown["waiting"] == while_down["waiting"]
    assert once_back["stage"] == "cards_issued"
    assert once_back["waiting"] is None


@pytest.mark.proves("D-30", "P-5", "I-17")
def test_a_node_retired_while_it_is_down_hands_over_what_waited_once_it_is_back(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "store"
    with running(directory) as host:
        opens(host)
    with running(directory, down=TOWN) as host:
        receipt = registers_and_sorts(host)
        retiring = {"node": "sanchakou", "reason": "乡镇撤并"}
        host.call("triage.retire_node", "04T09:00", "office_head:chief", **retiring)
        while_down = tracked(host, receipt, "04T09:05")
    with running(directory) as host:
        host.rests()
        went = host.call("triage.get_sorting", "04T10:01", petition_no=receipt["petition_no"])
        open_work = host.call(f"{TOWN}.get_open_work", "04T10:02")

    assert while_down["waiting"]["node"] == "sanchakou"
    assert went["current"]["node"] == "county"
    assert (open_work["open"], open_work["handed_over"]) == (0, 1)
