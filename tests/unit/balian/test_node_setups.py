"""What an embedded host is told of its nodes: in a casebook's header, or on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from balian.node_setups import NodeSetup, NodeSetupUnreadable, node_told, read_setups


def test_a_node_has_the_countys_regime_and_its_own_territory_unless_told() -> None:
    assert read_setups({"sanchakou": {}}) == {"sanchakou": NodeSetup(regime="county")}


def test_a_setup_is_read_as_it_was_written() -> None:
    written = {
        "sanchakou": {"regime": "weekly_rota"},
        "labour": {"regime": "county", "territory": "county", "department": "labour_bureau"},
    }

    setups = read_setups(written)

    assert {code: setup.as_mapping() for code, setup in setups.items()} == written


def test_an_own_regime_file_is_meant_from_beside_the_casebook(tmp_path: Path) -> None:
    setups = read_setups(
        {"a": {"regime": "./ours.yaml"}, "b": {"regime": "weekly_rota"}}, beside=tmp_path
    )

    assert Path(setups["a"].regime) == tmp_path / "ours.yaml"
    assert setups["b"].regime == "weekly_rota"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(["sanchakou"], id="no mapping"),
        pytest.param({"Sanchakou": {}}, id="no code"),
        pytest.param({"sanchakou": "weekly_rota"}, id="no setup"),
        pytest.param({"sanchakou": {"rules": "weekly_rota"}}, id="an unknown key"),
        pytest.param({"sanchakou": {"regime": 7}}, id="no text"),
        pytest.param({"sanchakou": {"regime": ""}}, id="nothing"),
    ],
)
def test_what_is_no_setup_is_refused(value: object) -> None:
    with pytest.raises(NodeSetupUnreadable):
        read_setups(value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("sanchakou", ("sanchakou", None), id="a code alone keeps what it was"),
        pytest.param(
            "sanchakou:weekly_rota",
            ("sanchakou", NodeSetup(regime="weekly_rota")),
            id="with a regime",
        ),
        pytest.param(
            "sanchakou:./ours.yaml",
            ("sanchakou", NodeSetup(regime="./ours.yaml")),
            id="with a file",
        ),
    ],
)
def test_a_node_is_told_by_code_and_regime(text: str, told: tuple[str, NodeSetup | None]) -> None:
    assert node_told(text) == told


@pytest.mark.parametrize("text", ["", "Sanchakou", "sanchakou:", ":weekly_rota", "a-b"])
def test_what_is_no_node_is_refused(text: str) -> None:
    with pytest.raises(NodeSetupUnreadable):
        node_told(text)
