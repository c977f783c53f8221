"""What is made of measurements: percentiles, spreads, ratios, and the order of the rounds."""

import pytest

from bench.figures import Bound, Lap, Spread, cpu_per_operation, percentile, ratio_between
from bench.load import for_seconds, so_many
from bench.outcome import summary
from bench.turns import Contender, in_turns

ONE_TO_TWENTY = [float(value) for value in range(20, 0, -1)]


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        pytest.param(50, 10.0, id="half of twenty are the ten smallest"),
        pytest.param(51, 11.0, id="just above half takes one more"),
        pytest.param(95, 19.0, id="nineteen of twenty"),
        pytest.param(99, 20.0, id="nearly all is all of so few"),
        pytest.param(100, 20.0, id="all"),
    ],
)
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile(ONE_TO_TWENTY, percent) == expected


@pytest.mark.parametrize(
    ("values", "percent"),
    [
        pytest.param([], 50, id="no value"),
        pytest.param([1.0], 0, id="no percentage"),
        pytest.param([1.0], 101, id="more than all"),
    ],
)
def test_percentile_refuses_what_it_cannot_tell(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


def test_nothing_measured_has_no_spread() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


def test_a_ratio_is_taken_within_each_round() -> None:
    # The machine was half as fast in the second round and four times as fast in the third.
    laps = {
        "ours": [Lap(operations=rate, seconds=1.0) for rate in (100, 50, 400)],
        "theirs": [Lap(operations=rate, seconds=1.0) for rate in (200, 100, 500)],
    }

    ratio = ratio_between(laps, "ours", "theirs", target=0.5)

    assert ratio.spread == Spread(median=0.5, lowest=0.5, highest=0.8)
    assert ratio.is_met


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(None, None, id="no target"),
        pytest.param(2.0, True, id="just met"),
        pytest.param(2.01, False, id="just missed"),
    ],
)
def test_a_target_is_met_by_the_median(target: float | None, expected: bool | None) -> None:
    laps = {
        "ours": [Lap(operations=4, seconds=1.0)],
        "theirs": [Lap(operations=4, seconds=2.0)],
    }

    assert ratio_between(laps, "ours", "theirs", target=target).is_met is expected


def test_rounds_that_are_missing_are_not_passed_over() -> None:
    laps = {
        "ours": [Lap(operations=1, seconds=1.0)] * 2,
        "theirs": [Lap(operations=1, seconds=1.0)],
    }

    with pytest.raises(ValueError, match="shorter"):
        ratio_between(laps, "ours", "theirs")


def test_cpu_is_told_for_one_operation_over_all_laps() -> None:
    laps = [
        Lap(operations=10, seconds=1.0, cpu={"service": 0.5, "postgres": 0.1}),
        Lap(operations=30, seconds=1.0, cpu={"service": 0.3}),
    ]

    assert cpu_per_operation(laps) == pytest.approx({"postgres": 0.0025, "service": 0.02})


def test_a_summary_takes_latencies_over_all_laps() -> None:
    laps = [
        Lap(operations=2, seconds=1.0, latencies=(0.1, 0.2)),
        Lap(operations=2, seconds=1.0, latencies=(0.3, 0.4), facts={"peak MiB": 7.0}),
    ]

    found = summary(laps)

    assert found["latency_seconds"] == {"p50": 0.2, "p95": 0.4, "p99": 0.4}
    assert found["facts"] == {"peak MiB": {"median": 7.0, "lowest": 7.0, "highest": 7.0}}


def test_contenders_run_in_turns_after_they_have_warmed_up() -> None:
    order: list[str] = []
    said: list[str] = []

    def contender(name: str) -> Contender:
        def run() -> Lap:
            order.append(name)
            return Lap(operations=1, seconds=1.0)

        return Contender(name=name, run=run, warm_up=lambda: order.append(f"{name} warms up"))

    laps = in_turns([contender("a"), contender("b")], rounds=3, say=said.append)

    assert order == ["a warms up", "b warms up", "a", "b", "b", "a", "a", "b"]
    assert {name: len(each) for name, each in laps.items()} == {"a": 3, "b": 3}
    assert len(said) == len(order) - 2


def test_so_many_calls_are_made_and_no_more() -> None:
    more = so_many(2)

    assert [more(made) for made in range(4)] == [True, True, False, False]


def test_calls_end_with_their_time_and_one_is_always_made() -> None:
    already_over = for_seconds(-1.0)
    far_from_over = for_seconds(3600.0)

    assert [already_over(made) for made in range(2)] == [False, False]
    assert [far_from_over(made) for made in range(2)] == [True, True]


def test_where_nothing_was_done_no_cpu_time_is_of_it() -> None:
    laps = [Lap(operations=0, seconds=2.0, cpu={"service": 1.0})]

    assert cpu_per_operation(laps) == {}


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [(0.99, True), (1.0, True), (1.01, False), (None, False)],
    ids=["below", "at the limit", "above", "nothing was found"],
)
def test_a_bound_is_met_up_to_its_limit(figure: float | None, is_met: bool) -> None:
    bound = Bound(what="p95, s", figure=figure, at_most=1.0)

    assert bound.is_met is is_met
