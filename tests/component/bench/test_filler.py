"""Filled stores: to every service they are stores like any other, and what is in them lives on."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pytest

from balian.host import bring_up_to_date
from bench.filler.__main__ import ages_of
from bench.filler.ages import monday_played
from bench.filler.plan import Plan, instants
from bench.filler.pouring import pour
from bench.filler.snapshots import STORES
from services.intake import usecases as intake
from services.intake.models import Base as IntakeBase
from services.intake.models import Petitioner, PetitionStanding
from services.supervision import usecases as supervision
from services.supervision.models import Base as SupervisionBase
from services.supervision.models import Case, SealedFile
from services.supervision.rules.archive import FiledDocument, seal_of
from services.triage import usecases as triage
from services.triage.models import Base as TriageBase
from services.triage.models import TriagedPetition
from shared.calendar import LOCAL_ZONE
from shared.contracts.intake import Person, PetitionListed, Stage
from shared.contracts.supervision import (
    AcceptTransfer,
    CaseOpenedV1,
    CaseState,
    GetCase,
    TransferAcceptedV1,
)
from shared.contracts.triage import ListUnsorted, SortingState
from shared.vault import Vault
from tests.support.bench import ServiceBench
from tests.support.intake import Intake
from tests.support.postgres import Postgres

PETITIONS = 60
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=LOCAL_ZONE)


@dataclass
class FilledStores:
    """The stores of a county, filled, and a bench for each service that is looked at."""

    plan: Plan
    urls: Mapping[str, str]
    vaults: Mapping[str, Vault]
    opened: list[ServiceBench] = field(default_factory=list)

    def bench(self, owner: str, base: Any) -> ServiceBench:
        bench = ServiceBench(owner, base, url=self.urls[owner], vault=self.vaults[owner], now=NOW)
        self.opened.append(bench)
        return bench

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.bench("intake", IntakeBase))

    @cached_property
    def triage(self) -> ServiceBench:
        return self.bench("triage", TriageBase)

    @cached_property
    def supervision(self) -> ServiceBench:
        return self.bench("supervision", SupervisionBase)

    @property
    def numbers(self) -> set[str]:
        return {number for _, copy in self.plan.copies() for number in copy.petitions}


@pytest.fixture(scope="module")
def filled(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledStores]:
    """Play the week, keep it, and fill the stores of a county with copies of it."""
    kept = tmp_path_factory.mktemp("ages")
    moments = instants(NOW, played=monday_played(), ages=4)
    command = [sys.executable, "-m", "bench.filler.ages", str(kept)]
    subprocess.run([*command, *(each.isoformat() for each in moments)], check=True)
    plan = Plan(ages=ages_of(kept), petitions=PETITIONS, played=monday_played(), today=NOW.date())
    urls = {store: postgres.database() for store in STORES}
    stores = FilledStores(
        plan=plan, urls=urls, vaults={store: Vault.throwaway() for store in STORES}
    )
    for store, url in urls.items():
        bring_up_to_date(store.partition("_")[0], url)
        address = url.replace("postgresql+psycopg://", "postgresql://")
        pour(store, address, plan, stores.vaults[store], say=lambda _words: None)
    yield stores
    for bench in stores.opened:
        bench.close()


def test_every_petition_stands_in_the_register_and_in_every_stage(filled: FilledStores) -> None:
    pages: list[PetitionListed] = []
    after = None
    while page := filled.intake.find(limit=10, after=after).petitions:
        pages.extend(page)
        after = page[-1].petition_no

    found = {each.petition_no for each in pages}
    stages = Counter(each.stage for each in pages)
    assert found == filled.numbers
    assert len(pages) == len(found) >= PETITIONS
    assert {Stage.ARCHIVED, Stage.IN_HANDLING, Stage.REPLIED} <= set(stages)


def test_what_petitions_say_opens(filled: FilledStores) -> None:
    views = [filled.intake.get(number) for number in sorted(filled.numbers)]

    assert [view.petition_no for view in views] == sorted(filled.numbers)
    readable = [view for view in views if not view.sealed]
    assert len(readable) > PETITIONS / 2
    assert all(view.text and view.summary and view.petitioner for view in readable)


def test_a_person_is_found_again_and_nobody_else(filled: FilledStores) -> None:
    vault = filled.vaults["intake"]
    standings = filled.intake.bench.rows(PetitionStanding)
    # That someone accused an official is told to nobody who asks after them.
    told = {each.petition_no for each in standings if not each.sealed}
    people: dict[str, Person] = {}
    for each in filled.intake.bench.rows(Petitioner):
        place = f"petitioners|{each.petition_no}-{each.position}|sealed"
        if each.position == 1 and each.petition_no in told:
            people[each.petition_no] = Person(**json.loads(vault.open(each.sealed, context=place)))
    for number, person in itertools.islice(sorted(people.items()), 10):
        proposals = filled.intake.similar(person)

        assert number in {each.petition_no for each in proposals}
        assert len(proposals) <= 2


def test_a_receipt_code_leads_to_its_petition(filled: FilledStores) -> None:
    vault = filled.vaults["intake"]
    receipts = [
        json.loads(vault.open(each["reply"], context=f"commands|{each['request_id']}|reply"))
        for each in filled.intake.bench.table_rows("commands")
        if each["method"] == "intake.register_petition"
    ]
    # A part that was split off has no registration, and so no receipt, of its own.
    assert len(receipts) > PETITIONS / 2

    for receipt in receipts[:10]:
        progress = filled.intake.track(receipt["receipt_code"])

        assert progress.petition_no == receipt["petition_no"]


def test_an_archived_file_keeps_its_seal(filled: FilledStores) -> None:
    sealed = filled.supervision.rows(SealedFile)
    assert len(sealed) > PETITIONS / 4

    for file in sealed:
        documents = [FiledDocument(no=each["no"], sha256=each["sha256"]) for each in file.documents]
        view = filled.supervision.query(supervision.get_case, GetCase(petition_no=file.petition_no))

        assert file.seal == seal_of(petition_no=file.petition_no, documents=documents)
        assert view.seal == file.seal
        assert {each.no: each.sha256 for each in documents}.items() <= {
            each.no: each.sha256 for each in view.documents
        }.items()


def test_services_agree_on_where_petitions_are(filled: FilledStores) -> None:
    standings = {
        each.petition_no: each.stage for each in filled.intake.bench.rows(PetitionStanding)
    }
    cases = {each.petition_no: each for each in filled.supervision.rows(Case) if each.is_current}
    sorted_ones = filled.triage.rows(TriagedPetition)

    assert {each.petition_no for each in sorted_ones} == set(standings)
    assert set(cases) <= set(standings)
    archived = {number for number, case in cases.items() if case.state is CaseState.ARCHIVED}
    assert archived == {number for number, stage in standings.items() if stage is Stage.ARCHIVED}
    listed = filled.triage.query(triage.list_unsorted, ListUnsorted(limit=500))
    assert {each.petition_no for each in listed.petitions} == {
        each.petition_no for each in sorted_ones if each.state is SortingState.UNSORTED
    }


def test_nothing_is_unsent_and_nothing_was_due_before_now(filled: FilledStores) -> None:
    for bench in (filled.intake.bench, filled.triage, filled.supervision):
        outbox = bench.table_rows("outbox_messages")
        pending = [row for row in bench.table_rows("deadlines") if row["state"] == "pending"]

        assert all(row["sent_at"] is not None for row in outbox)
        assert len({row["event_id"] for row in outbox}) == len(outbox)
        assert all(row["fires_at"] > NOW for row in pending)
    assert filled.supervision.sweep(NOW, supervision.DEADLINES) == 0
    assert [row for row in filled.supervision.table_rows("deadlines") if row["state"] == "pending"]


def test_a_filled_petition_lives_on(filled: FilledStores) -> None:
    waiting = next(
        case for case in filled.supervision.rows(Case) if case.state is CaseState.TRANSFERRED
    )
    request = AcceptTransfer(
        request_id=filled.supervision.request_id(), petition_no=waiting.petition_no
    )

    accepted = filled.supervision.command(
        supervision.accept_transfer, request, actor=f"unit:{waiting.unit}"
    )

    told = [each for each in filled.supervision.recorded if each.causation_id == request.request_id]
    assert accepted.state is CaseState.IN_HANDLING
    assert [each.type for each in told] == [TransferAcceptedV1.wire_type, CaseOpenedV1.wire_type]
    for envelope in told[1:]:
        filled.intake.bench.deliver(intake.on_news, CaseOpenedV1, envelope)
    assert filled.intake.get(waiting.petition_no).stage is Stage.IN_HANDLING


def test_numbering_goes_on_where_the_filled_days_end(filled: FilledStores) -> None:
    filled.intake.hear_directory()
    last = filled.plan.day_counts.get(date(2026, 11, 25), 0)

    receipt = filled.intake.register()

    assert receipt.petition_no == f"XF-20261125-{last + 1:04d}"
