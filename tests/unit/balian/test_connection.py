"""The address of a bus gets its password from a file, or the fault is told without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from balian.connection import bus_address
from balian.faults import WrongUsage

ADDRESS = "amqp://operator@127.0.0.1:5672/balian"


def test_without_a_file_an_address_is_taken_as_it_is() -> None:
    assert bus_address("amqp://guest:guest@host/", None) == "amqp://guest:guest@host/"


def test_a_password_goes_into_the_address_whatever_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "amqp_operator"
    file.write_text("p@ss/word;1\n", encoding="utf-8")

    address = bus_address(f"{ADDRESS};amqp://operator@second:5672/balian", file)

    assert address == (
        "amqp://operator:p%40ss%2Fword%3B1@127.0.0.1:5672/balian"
        ";amqp://operator:p%40ss%2Fword%3B1@second:5672/balian"
    )


def test_the_file_may_be_named_by_the_user(tmp_path: Path) -> None:
    (tmp_path / "amqp_operator").write_text("secret", encoding="utf-8")

    address = bus_address(ADDRESS, tmp_path / "amqp_{service}")

    assert address == "amqp://operator:secret@127.0.0.1:5672/balian"


@pytest.mark.parametrize(
    ("address", "content"),
    [
        pytest.param(ADDRESS, None, id="no file"),
        pytest.param(ADDRESS, "", id="an empty file"),
        pytest.param("amqp://operator:known@host/balian", "secret", id="a password already"),
        pytest.param("amqp://host/balian", "secret", id="no user"),
    ],
)
def test_what_cannot_be_put_together_is_told_without_the_password(
    tmp_path: Path, address: str, content: str | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(WrongUsage) as wrong:
        bus_address(address, file)

    assert "secret" not in wrong.value.what
    assert "known" not in wrong.value.what
