"""Fills some of a county's stores: a program of its own, so that two can fill side by side."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from bench.filler.ages import KEYS, PLAYED, kept_ages, monday_played
from bench.filler.moulds import moulds_of
from bench.filler.plan import Age, Plan
from bench.filler.pouring import pour
from bench.filler.snapshots import read_snapshot
from shared.vault import Vault


def main() -> None:
    """Fill the stores that the command line names."""
    told = _arguments()
    plan = Plan(
        ages=ages_of(told.kept),
        petitions=told.petitions,
        played=monday_played(),
        today=told.today,
    )
    for store in told.store:
        vault = Vault.open_existing(told.keys / store)
        address = told.address.replace("{service}", store)
        pour(store, address, plan, vault, say=_say)


def ages_of(kept: Path) -> list[Age]:
    """Make the moulds of every age that was kept.

    Raises:
        PlaceUnknown, DigestUnexplained: as their docstrings say.
    """
    keys = kept / PLAYED / KEYS
    vault = Vault.open_existing(keys)
    began = datetime.combine(monday_played(), datetime.min.time(), UTC)
    ages = []
    for directory in kept_ages(kept):
        groups, shared = moulds_of(read_snapshot(directory, keys, began=began), vault)
        ages.append(Age(groups=groups, shared=shared))
    return ages


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.filler", description=__doc__)
    parser.add_argument("--kept", type=Path, required=True, help="what bench.filler.ages kept")
    parser.add_argument("--keys", type=Path, required=True, help="the directory of all keys")
    parser.add_argument("--address", required=True, help="of a store, {service} for its name")
    parser.add_argument("--petitions", type=int, required=True, help="about how many")
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("store", nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    main()
