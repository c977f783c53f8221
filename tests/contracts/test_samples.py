"""One golden sample for each contract that crosses a boundary: loaded and dumped, it is unchanged.

A sample is what others may rely on.
Where one no longer loads, or comes back changed, a published version was broken: add the next
version beside it instead of correcting the sample.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.base import Contract, MalformedRequest, Request, events, requests

SAMPLES = Path(__file__).parent / "samples"
OWNERS = ("intake", "triage", "reception", "supervision", "accountability", "every_service")

for owner in OWNERS:
    importlib.import_module(f"shared.contracts.{owner}")


def crossing() -> Iterator[type[Contract]]:
    """Iterate over every request, every reply that a request is answered with, and every event."""
    for request in requests():
        yield request
        yield request.reply_type
    yield from events()


CONTRACTS = sorted(
    {contract for contract in crossing() if contract.owner in OWNERS},
    key=lambda contract: (OWNERS.index(contract.owner), contract.__name__),
)


def path_of(contract: type[Contract]) -> Path:
    return SAMPLES / contract.owner / f"{contract.__name__}.json"


def sample_of(contract: type[Contract]) -> dict[str, Any]:
    path = path_of(contract)
    if not path.exists():
        pytest.fail(
            f"{contract.__name__} has no golden sample; write {path.relative_to(SAMPLES)}",
            pytrace=False,
        )
    sample: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return sample


every_contract = pytest.mark.parametrize(
    "contract", CONTRACTS, ids=lambda contract: f"{contract.owner}.{contract.__name__}"
)


@every_contract
def test_a_sample_loaded_and_dumped_is_unchanged(contract: type[Contract]) -> None:
    sample = sample_of(contract)

    assert contract.load(sample).dump() == sample


@every_contract
def test_a_field_nobody_declared_is_refused_in_a_request_and_ignored_in_what_is_told(
    contract: type[Contract],
) -> None:
    sample = sample_of(contract)
    with_more = {**sample, "field_of_a_newer_version": 1}

    if issubclass(contract, Request):
        with pytest.raises(MalformedRequest, match="field_of_a_newer_version"):
            contract.load(with_more)
    else:
        assert contract.load(with_more).dump() == sample


def test_every_sample_belongs_to_a_contract() -> None:
    declared = {path_of(contract) for contract in CONTRACTS}

    strays = sorted(
        str(path.relative_to(SAMPLES))
        for path in SAMPLES.rglob("*")
        if path.is_file()
        if path not in declared
    )

    assert strays == []
