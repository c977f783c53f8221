"""Prometheus reads a whole county: what goes wrong fires its alert, and only as long as it does.

The rules are those of `deploy/prometheus`, with shorter waits.
Each test breaks something, waits for its alert, mends it as the runbook says, and waits for
silence; what does not touch each other and takes its time is broken at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import yaml

from tests.support.faults.county import OPERATOR
from tests.support.faults.deployment import has_docker
from tests.support.faults.desk import Desk, Tally, desk_at
from tests.support.faults.lives_of_offices import DIRECTORY, put_directory
from tests.support.faults.steps import (
    MATTERS,
    NODE,
    OFFICER,
    at,
    attend,
    decide,
    prepare,
    register,
    report,
    slips,
)
from tests.support.plain_county import HOW_TO_GET_IT, TOWNSHIP
from tests.support.watching.county import SETTINGS, WatchedCounty, watched_county
from tests.support.watching.prometheus import Prometheus
from tests.support.watching.troubles import (
    give_publishing_back,
    give_up_on_what_waits,
    queues,
    take_publishing_away,
)
from tools.observability.exported import catalogue

MONDAY = date(2026, 6, 1)
TOWN = f"reception_{TOWNSHIP}"
MATTER = MATTERS[0]
SERVICES = {"intake", "triage", "reception_county", "supervision", "accountability"}
REGISTER = "intake.register_petition"
PLACE = "接访大厅"

OLDEST = "_oldest_timestamp_seconds"
HAD_ONE = ("petitions", "slips_out", "cases_overdue", "promises_due", "sessions_without_leader")
"""Of what there was one at least in these tests, so that it was told since when."""

SOON = 120.0
"""Seconds within which an alert that waits for nothing longer than minutes must fire, or end."""

ONE_MINUTE_LATER = 180.0
"""The same for what is asked to be wrong for a minute, which is not shortened."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedCounty]:
    if not has_docker():
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    directory = tmp_path_factory.mktemp("watched")
    with watched_county(directory) as county:
        yield county


@pytest.fixture(scope="module")
def prometheus(county: WatchedCounty) -> Prometheus:
    return county.prometheus


@pytest.fixture(scope="module")
def desk(county: WatchedCounty) -> Iterator[Desk]:
    with desk_at(county.bus(), name="watched", tally=Tally()) as desk:
        put_directory(desk, MONDAY, moved=0)
        desk.order(f"{NODE}.sweep", OPERATOR, at(MONDAY, "08:05"))
        plan(desk, NODE)
        yield desk


@pytest.fixture(scope="module")
def town(county: WatchedCounty, desk: Desk) -> str:
    """Let the township join, tell of itself and plan its sessions; give its service."""
    county.join_township()
    desk.order(f"{TOWN}.sweep", OPERATOR, at(MONDAY, "08:30"))
    plan(desk, TOWN)
    return TOWN


def plan(desk: Desk, node: str) -> None:
    period = {
        "from_on": (MONDAY + timedelta(days=1)).isoformat(),
        "until_on": (MONDAY + timedelta(days=25)).isoformat(),
    }
    desk.order(f"{node}.plan_sessions", OFFICER, at(MONDAY, "08:40"), place=PLACE, **period)
    desk.order(f"{node}.publish_sessions", OFFICER, at(MONDAY, "08:45"), **period)


def services_read(prometheus: Prometheus) -> dict[str, bool]:
    """Tell which services are in sight, the county's by their names, and whether each answers."""
    return {
        target.labels["service"]: target.is_up
        for target in prometheus.targets()
        if target.job == "presence"
        or (target.job == "balian" and target.labels["service"] not in SERVICES)
    }


def instances_of(prometheus: Prometheus, service: str) -> int:
    """Count the instances of a service that are read."""
    return sum(
        target.is_up and target.labels["service"] == service
        for target in prometheus.targets()
        if target.job == "balian"
    )


@pytest.mark.usefixtures("desk")
def test_every_service_is_read_and_so_is_every_queue(
    county: WatchedCounty, prometheus: Prometheus
) -> None:
    # Five names, five instances behind them, the broker and its queues, Prometheus itself.
    everything_up = "min(up) == 1 and count(up) == 13"

    prometheus.await_that(
        lambda: prometheus.value(everything_up) is not None, what="every target", within=SOON
    )

    of_replies = {queue for queue in queues(county) if queue.startswith("rpc.reply-")}
    watched = prometheus.labels_with("queue", metric="rabbitmq_detailed_queue_messages")
    assert county.deploy("watched").strip() == "prometheus"
    assert services_read(prometheus) == dict.fromkeys(SERVICES, True)
    assert {service: instances_of(prometheus, service) for service in SERVICES} == dict.fromkeys(
        SERVICES, 1
    )
    assert of_replies
    assert watched == set(queues(county)) - of_replies


def test_township_is_read_from_its_joining_on(prometheus: Prometheus, town: str) -> None:
    prometheus.await_that(
        lambda: services_read(prometheus).get(town, False), what="the township", within=SOON
    )

    assert prometheus.value(f'up{{service="{town}", node="{TOWNSHIP}"}}') == 1


@pytest.mark.usefixtures("town")
def test_county_that_is_well_wakes_nobody(prometheus: Prometheus) -> None:
    written = {
        rule["alert"]
        for path in SETTINGS.glob("alerts*.yml")
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    }

    prometheus.await_silence(within=SOON)

    assert prometheus.alerts_named() == written
    assert prometheus.broken_rules() == {}


def test_spans_of_a_petition_are_one_trace_at_the_collector(
    county: WatchedCounty, desk: Desk, prometheus: Prometheus
) -> None:
    register(desk, MONDAY, MATTER)

    def heard() -> dict[str, str]:
        """Give who handled a registration, each with the service that the trace began in."""
        spans = county.spans()
        calls = {span["span_id"]: span for span in spans if span["name"] == REGISTER}
        return {
            span["service"]: calls[span["parent_id"]]["service"]
            for span in spans
            if span["parent_id"] in calls
            and span["trace_id"] == calls[span["parent_id"]]["trace_id"]
        }

    prometheus.await_that(
        lambda: "triage" in heard(), what="the spans of a registration", within=SOON
    )
    assert set(heard().values()) == {"intake"}


def test_each_instance_of_a_service_is_read_and_missed_for_itself(
    county: WatchedCounty, prometheus: Prometheus
) -> None:
    county.scale(["intake"], 2)
    prometheus.await_that(
        lambda: instances_of(prometheus, "intake") == 2, what="both instances", within=SOON
    )
    prometheus.await_that(
        lambda: prometheus.value('count(balian_workers{service="intake"})') == 2,
        what="what both tell",
        within=SOON,
    )
    one_for_the_other = prometheus.value(
        'sum(changes(process_start_time_seconds{service="intake"}[1m]))'
    )

    with county.hanging("intake"):
        prometheus.await_alert("InstanceDown", within=SOON, service="intake")
        beside_it = {alert.name for alert in prometheus.firing()} & {"ServiceDown", "NotReady"}
    prometheus.await_silence("InstanceDown", within=SOON)

    county.scale(["intake"], 1)
    prometheus.await_that(
        lambda: instances_of(prometheus, "intake") == 1, what="one instance", within=SOON
    )
    prometheus.await_silence(within=SOON)

    assert one_for_the_other == 0
    assert not beside_it


def test_service_that_is_killed_is_missed(county: WatchedCounty, prometheus: Prometheus) -> None:
    county.kill("supervision")
    alert = prometheus.await_alert("ServiceDown", within=SOON, service="supervision")
    still_in_sight = services_read(prometheus)

    county.start("supervision")
    prometheus.await_silence("ServiceDown", within=SOON)

    assert alert.annotations["runbook_url"].startswith("docs/runbook.md#")
    assert still_in_sight["supervision"] is False


def test_node_that_is_dead_stays_in_sight_also_while_nobody_tells_of_it(
    county: WatchedCounty, prometheus: Prometheus, town: str
) -> None:
    county.stop_township()
    county.kill("triage")
    prometheus.await_alert("NodeDown", within=SOON, node=TOWNSHIP)
    prometheus.await_alert("ServiceDown", within=SOON, service="triage")
    still_in_sight = services_read(prometheus)

    county.start("triage")
    county.join_township()
    prometheus.await_silence("NodeDown", within=SOON)
    prometheus.await_silence("ServiceDown", within=SOON)

    assert still_in_sight == {**dict.fromkeys(SERVICES, True), "triage": False, town: False}


def test_message_that_is_parked_is_told_until_it_is_settled(
    county: WatchedCounty, desk: Desk, prometheus: Prometheus
) -> None:
    county.kill("triage")
    register(desk, MONDAY, MATTER)
    give_up_on_what_waits(county, "triage", "triage.petition_registered.v1")
    county.start("triage")
    prometheus.await_alert("MessagesParked", within=SOON, service="triage")

    noon = at(MONDAY, "12:00")
    (parked,) = desk.ask("triage.list_parked", OPERATOR, noon)["messages"]
    replay = {"parked_no": parked["parked_no"]}
    replayed = desk.order("triage.replay_parked", OPERATOR, noon, **replay)
    prometheus.await_silence("MessagesParked", within=SOON)

    assert parked["reason"] == "delivered_too_often"
    assert replayed["outcome"] == "handled"


def test_relay_roster_and_promise_are_each_told_of_until_they_are_mended(
    county: WatchedCounty, desk: Desk, prometheus: Prometheus, town: str
) -> None:
    number, lapsed = let_a_promise_lapse(desk)
    empty_the_roster_of_the_township(desk)
    take_publishing_away(county, "intake")
    register(desk, MONDAY, MATTER)
    stuck = prometheus.await_alert("OutboxStuck", within=ONE_MINUTE_LATER, service="intake")
    without = prometheus.await_alert("SessionWithoutLeader", within=SOON, service=town)
    prometheus.await_alert("PromiseLapsed", within=SOON)

    give_publishing_back(county)
    put_directory(desk, MONDAY, moved=2)
    report(desk, number, at(lapsed, "10:00"), MATTER, to_leaders=True)
    for alert in ("OutboxStuck", "SessionWithoutLeader", "PromiseLapsed"):
        prometheus.await_silence(alert, within=SOON)

    assert stuck.labels["severity"] == "page"
    assert without.annotations["notice_zh"]


def let_a_promise_lapse(desk: Desk) -> tuple[str, date]:
    """Let a case run beyond its day and then beyond what was promised; give it, and that day."""
    number = register(desk, MONDAY, MATTER)["petition_no"]
    held_on = prepare(desk, number, MONDAY, MATTER, outcome="leader_in_charge")
    attend(desk, number, held_on, MATTER)
    due_on = decide(desk, number, held_on, MATTER, days=7)
    # Only with its slips is the decision at supervision, and the clock that is to run out.
    slips(desk, number, held_on)
    overdue = due_on + timedelta(days=1)
    desk.order("supervision.sweep", OPERATOR, at(overdue, "09:00"))
    promised_on = overdue + timedelta(days=3)
    desk.order(
        "supervision.record_promise",
        OFFICER,
        at(overdue, "10:00"),
        petition_no=number,
        explanation="资金未到位。",
        promised_on=promised_on.isoformat(),
    )
    lapsed = promised_on + timedelta(days=1)
    desk.order("supervision.sweep", OPERATOR, at(lapsed, "09:00"))
    return number, lapsed


def empty_the_roster_of_the_township(desk: Desk) -> None:
    of_the_county = [one for one in DIRECTORY["leaders"] if one["organ"] != TOWNSHIP]
    put_directory(desk, MONDAY, moved=1, leaders=of_the_county)


def test_everything_that_rules_and_dashboards_may_ask_for_was_told(prometheus: Prometheus) -> None:
    may_be_asked_for = frozenset(catalogue())
    since_when = {name for name in may_be_asked_for if name.endswith(OLDEST)}

    told = prometheus.names()

    assert may_be_asked_for - since_when - told == set()
    assert {f"balian_{what}{OLDEST}" for what in HAD_ONE} <= told
    assert [name for name in told if name.endswith("_created")] == []
