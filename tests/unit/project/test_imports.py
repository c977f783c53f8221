"""The import contract that lists what rules may see."""

import pytest
from grimp import ImportGraph

from tools.imports.sees_only import stray_imports

RULES = "services.intake.rules"
DEADLINES = "services.intake.rules.deadlines"


def strays_of(importer: str, imported: str) -> list[tuple[str, str]]:
    graph = ImportGraph()
    graph.add_import(importer=importer, imported=imported)
    return stray_imports(
        graph,
        modules=["services.*.rules", "services.*.rules.**"],
        allowed=["shared.decisions", "shared.calendar"],
    )


@pytest.mark.parametrize(
    "imported",
    [
        pytest.param("datetime", id="the standard library"),
        pytest.param("collections.abc", id="a module within the standard library"),
        pytest.param("shared.decisions", id="decisions"),
        pytest.param("shared.calendar.periods", id="a module of the calendar"),
        pytest.param("services.intake.rules.groups", id="its own package"),
    ],
)
def test_rule_may_see(imported: str) -> None:
    assert strays_of(DEADLINES, imported) == []


@pytest.mark.parametrize(
    "imported",
    [
        pytest.param("shared.contracts.intake", id="the contracts"),
        pytest.param("shared.calendar_of_another_kind", id="a name that only begins alike"),
        pytest.param("services.intake.models", id="the tables of its service"),
        pytest.param("services.triage.rules", id="the rules of another service"),
        pytest.param("sqlalchemy", id="a package"),
    ],
)
@pytest.mark.parametrize("importer", [RULES, DEADLINES])
def test_rule_may_not_see(importer: str, imported: str) -> None:
    assert strays_of(importer, imported) == [(importer, imported)]


def test_other_modules_are_left_alone() -> None:
    assert strays_of("services.intake.usecases", "sqlalchemy") == []
