"""What is found wrong with an expression, and which labels its result has."""

import pytest

from tools.observability.promql import examine
from tools.observability.series import Metric, catalogue_of

CATALOGUE = catalogue_of(
    [
        Metric(
            name="calls_total",
            kind="counter",
            labels=frozenset({"service", "method", "outcome"}),
            values={"outcome": frozenset({"ok", "error", "timeout"})},
        ),
        Metric(name="call_seconds", kind="histogram", labels=frozenset({"service", "method"})),
        Metric(name="ready", kind="gauge", labels=frozenset({"service"})),
        Metric(name="workers", kind="gauge", labels=frozenset({"service"})),
        Metric(name="build_info", kind="gauge", labels=frozenset({"service", "version"})),
    ]
)
OF_A_TARGET = {"job", "instance"}


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        pytest.param("ready", {"service", *OF_A_TARGET}, id="a metric has its labels"),
        pytest.param("1 - ready", {"service", *OF_A_TARGET}, id="a number takes none away"),
        pytest.param("time() - max by (service) (ready)", {"service"}, id="nor does an instant"),
        pytest.param("sum(calls_total)", set(), id="a sum without a clause has none"),
        pytest.param(
            "sum by (service) (rate(calls_total[5m]))", {"service"}, id="a sum has those it is by"
        ),
        pytest.param(
            "max without (instance, job) (ready)", {"service"}, id="or those it is not without"
        ),
        pytest.param(
            "topk(3, ready)", {"service", *OF_A_TARGET}, id="the largest keep what they have"
        ),
        pytest.param(
            "histogram_quantile(0.9, sum by (service, le) (rate(call_seconds_bucket[5m])))",
            {"service"},
            id="a quantile uses the buckets up",
        ),
        pytest.param(
            "sum by (service, outcome) (calls_total) / on (service) group_left () ready",
            {"service", "outcome"},
            id="the many keep their labels",
        ),
        pytest.param(
            "max by (service) (ready) * on (service) group_right () build_info"
            ' or absent(ready{service="x"})',
            {"service", "version", *OF_A_TARGET},
            id="an alternative adds what it has",
        ),
        pytest.param(
            "max by (service) (ready) and on (service) calls_total",
            {"service"},
            id="a condition adds nothing",
        ),
        pytest.param(
            "max_over_time(max by (service) (ready)[1h:5m])",
            {"service"},
            id="a query over time keeps what is inside",
        ),
        pytest.param(
            'label_replace(max by (service) (ready), "node", "$1", "service", "reception_(.*)")',
            {"service", "node"},
            id="a label that is made is there",
        ),
        pytest.param(
            'absent(ready{service="triage", job=~"b.*"})',
            {"service"},
            id="what is absent tells what it was asked for by name",
        ),
    ],
)
def test_result_has_these_labels_and_no_fault(expression: str, labels: set[str]) -> None:
    found = examine(expression, CATALOGUE)

    assert found.faults == ()
    assert found.labels == labels


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        pytest.param("sum(", "is no PromQL", id="half an expression"),
        pytest.param("redy == 0", "redy, which nobody exports", id="a name that is misspelt"),
        pytest.param("call_seconds", "call_seconds, which nobody", id="a histogram as a whole"),
        pytest.param('{service="x"}', "without a name", id="a series without a name"),
        pytest.param('ready{servce="x"}', "ready has no label servce", id="a selector's label"),
        pytest.param(
            "sum by (servce) (ready)", "is put together by servce", id="a label to add up by"
        ),
        pytest.param(
            "sum without (method) (ready)", "is put together by method", id="a label to do without"
        ),
        pytest.param(
            'calls_total{outcome="eror"}', 'never has outcome="eror"', id="a value that is misspelt"
        ),
        pytest.param(
            'calls_total{outcome=~"error|timed_out"}',
            "never has outcome",
            id="one of several values that is misspelt",
        ),
        pytest.param(
            'calls_total{outcome!="refused"}', "never has outcome", id="a value left out in vain"
        ),
        pytest.param(
            "calls_total / ready",
            "['method', 'outcome'] stand on one side only",
            id="two sides that never match",
        ),
        pytest.param(
            "ready and sum(calls_total)", "stand on one side only", id="a condition never met"
        ),
        pytest.param(
            "ready + ignoring (method) calls_total",
            "['outcome'] stand on one side only",
            id="too little ignored",
        ),
        pytest.param(
            "ready / on (method) group_right () calls_total",
            "is matched on method",
            id="matched on what one side has not",
        ),
        pytest.param(
            "ready * on (service) group_left (method) build_info",
            "takes over method",
            id="taken over from where it is not",
        ),
        pytest.param(
            "histogram_quantile(0.9, sum by (service) (rate(call_seconds_bucket[5m])))",
            "`le` is gone",
            id="a quantile of no buckets",
        ),
    ],
)
def test_fault_is_found(expression: str, fault: str) -> None:
    found = examine(expression, CATALOGUE)

    assert any(fault in one for one in found.faults), found.faults


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param('calls_total{outcome=~"error|timeout"}', id="each of several values"),
        pytest.param('calls_total{outcome=~"e.+"}', id="a pattern that fits one"),
        pytest.param('calls_total{outcome!="ok"}', id="a value left out"),
        pytest.param('calls_total{method="anything"}', id="a label whose values nobody listed"),
        pytest.param("ready or calls_total", id="alternatives of other labels"),
        pytest.param("vector(1)", id="a number made a series"),
    ],
)
def test_what_is_in_order_is_let_through(expression: str) -> None:
    assert examine(expression, CATALOGUE).faults == ()


def test_names_asked_for_are_listed() -> None:
    found = examine("ready and on (service) rate(call_seconds_bucket[5m]) > 0", CATALOGUE)

    assert found.names == {"ready", "call_seconds_bucket"}
