"""The report: what stands in the table, and that it goes where the page has its markers."""

import json

import pytest

from bench.catalogue import BENCHMARKS, BenchmarkUnknown, chosen
from bench.figures import Bound, Lap, ratio_between
from bench.outcome import Outcome
from bench.processes import ROOT
from bench.report import BEGIN, END, MarkersMissing, put_into, table

GROUND = {
    "measured_at": "2026-06-01T09:00:00+00:00",
    "commit": "abc",
    "is_quick": False,
    "machine": {
        "cores": 2,
        "processor": "a processor",
        "memory_mebibytes": 4096,
        "system": "Linux 6",
    },
    "versions": {"python": "3.11.7"},
    "versions_of_peers": {"faststream": "0.7.8"},
}


def outcome() -> Outcome:
    laps = {
        "ours": [Lap(operations=3000, seconds=2.0, latencies=(0.01,), cpu={"service": 6.0})],
        "theirs": [Lap(operations=1000, seconds=1.0, facts={"peak MiB": 12.5})],
    }
    return Outcome(
        name="one",
        title="One thing",
        operation="one thing done",
        laps=laps,
        ratios=(ratio_between(laps, "ours", "theirs", target=2.0),),
        bounds=(
            Bound(what="petitions that failed", figure=0.0, at_most=0.0),
            Bound(what="p95, s", figure=None, at_most=1.0),
        ),
        conditions={"rounds": 1},
    )


def test_table_shows_rates_latencies_cpu_ratios_and_bounds() -> None:
    lines = table([outcome()], GROUND).splitlines()

    assert "### One thing" in lines
    assert "| ours | 1,500.0 (1,500.0 to 1,500.0) | 10.0 | 10.0 | 10.0 | service 2.00 |" in lines
    assert "| theirs | 1,000.0 (1,000.0 to 1,000.0) |  |  |  |  |" in lines
    assert "| theirs | peak MiB | 12.50 | 12.50 | 12.50 |" in lines
    assert "| petitions that failed | 0.00 | at most 0: met |" in lines
    assert "| p95, s | nothing | at most 1: missed |" in lines
    assert "| ours to theirs | 1.50 | 1.50 | 1.50 | at least 2: missed |" in lines


@pytest.mark.parametrize("is_quick", [False, True])
def test_rough_figures_are_called_rough(is_quick: bool) -> None:
    figures = table([outcome()], {**GROUND, "is_quick": is_quick})

    assert ("rough" in figures) is is_quick


def test_result_holds_every_lap_as_json() -> None:
    read = json.loads(json.dumps(outcome().as_json()))

    assert read["contenders"]["ours"]["laps"] == [
        {
            "operations": 3000,
            "seconds": 2.0,
            "per_second": 1500.0,
            "latency_seconds": {"p50": 0.01, "p95": 0.01, "p99": 0.01},
            "cpu_seconds": {"service": 6.0},
            "facts": {},
        }
    ]
    assert read["ratios"][0]["met"] is False


def test_figures_replace_those_between_the_markers() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert put_into(page, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert put_into(put_into(page, "old"), "new") == put_into(page, "new")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="no marker"),
        pytest.param(BEGIN, id="no end"),
        pytest.param(END, id="no begin"),
        pytest.param(f"{END}\n{BEGIN}", id="the wrong way round"),
    ],
)
def test_a_page_without_its_markers_is_not_written(page: str) -> None:
    with pytest.raises(MarkersMissing):
        put_into(page, "new")


def test_the_page_of_the_figures_has_its_markers() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert "new figures" in put_into(page, "new figures")


def test_every_benchmark_runs_where_none_is_chosen() -> None:
    assert list(chosen([])) == list(BENCHMARKS)
    assert list(chosen(["relay"])) == ["relay"]


def test_a_benchmark_nobody_knows_is_refused_by_its_name() -> None:
    with pytest.raises(BenchmarkUnknown, match="no benchmark is called relays; there are"):
        chosen(["relays"])
