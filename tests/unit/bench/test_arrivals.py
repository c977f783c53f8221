"""An open load: when petitions come, and how it is judged what became of them."""

import pytest

from bench.arrivals import Arrived, Window, stages, windows


def test_stages_lie_one_behind_the_other_and_petitions_come_evenly() -> None:
    quiet, busy = stages((1, 4), seconds=2.0)

    assert list(quiet.arrivals()) == [0.0, 1.0]
    assert list(busy.arrivals()) == [2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75]
    assert quiet.ends == busy.begins


def test_no_petition_comes_when_the_next_stage_has_begun() -> None:
    plan = stages((1, 15, 1, 25, 2, 35, 10), seconds=60.0)

    for stage in plan:
        arrivals = list(stage.arrivals())
        assert len(arrivals) == stage.rate * 60
        assert arrivals[0] == stage.begins
        assert arrivals[-1] < stage.ends


def test_petitions_fall_into_the_window_in_which_they_were_due() -> None:
    (_, stage) = stages((1, 1), seconds=25.0)
    arrived = [Arrived(due=due, latency=0.1) for due in (24.9, 25.0, 34.9, 35.0, 49.9, 50.0)]

    found = windows(stage, arrived, seconds=10.0)

    assert [window.begins for window in found] == [25.0, 35.0, 45.0]
    assert [[each.due for each in window.arrived] for window in found] == [
        [25.0, 34.9],
        [35.0],
        [49.9],
    ]


def test_a_stage_of_whole_windows_has_no_empty_one_at_its_end() -> None:
    (stage,) = stages((1,), seconds=60.0)

    found = windows(stage, [], seconds=10.0)

    assert [window.begins for window in found] == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]


def test_what_was_never_closed_counts_as_failed_and_has_no_part_in_percentiles() -> None:
    arrived = [Arrived(due=0.0, latency=0.5), Arrived(due=1.0, latency=None)]

    window = Window(begins=0.0, arrived=arrived)

    assert window.failed == 1
    assert window.percentile(95) == 0.5
    assert window.as_json() == {
        "begins": 0.0,
        "petitions": 2,
        "failed": 1,
        "p50": 0.5,
        "p95": 0.5,
        "p99": 0.5,
    }


def test_a_window_in_which_nothing_was_closed_has_no_percentile() -> None:
    window = Window(begins=0.0, arrived=[Arrived(due=0.0, latency=None)])

    found = window.percentile(50)

    assert found is None


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_percentiles_are_of_the_window_alone(percent: float) -> None:
    (stage,) = stages((1,), seconds=20.0)
    arrived = [Arrived(due=1.0, latency=9.0), Arrived(due=11.0, latency=0.2)]

    first, second = windows(stage, arrived, seconds=10.0)

    assert (first.percentile(percent), second.percentile(percent)) == (9.0, 0.2)
