"""Filling: how rows are parted, what a copy has of its own, and how copies lie over the years."""

import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

import pytest

from bench.filler.copies import Copy
from bench.filler.digests import DigestUnexplained
from bench.filler.moulds import Mould, moulds_of
from bench.filler.plan import Age, Plan, instants, monday_of
from bench.filler.sealed import PlaceUnknown, opened, place_of
from bench.filler.snapshots import Group, Opened, Row, Snapshot, parted
from bench.filler.texts import Writer, for_copy
from shared.calendar import LOCAL_ZONE
from shared.documents import content_hash, document_content
from shared.vault import Vault

FIRST = "XF-20260601-0001"
SECOND = "XF-20260602-0007"
EVENT = "3f3f25a9-4803-4426-b9d8-85517e09a38c"
PLAYED = date(2026, 6, 1)


def row(table: str, /, *, store: str = "triage", **cells: str | Opened | None) -> Row:
    return Row(store=store, table=table, cells=cells)


def group(*rows: Row) -> Group:
    petitions = sorted({number for one in rows for number in one.petitions})
    return Group(petitions=tuple(petitions), rows=rows)


def mould_of(*rows: Row, vault: Vault | None = None) -> Mould:
    nothing = Group(petitions=(), rows=())
    (made,), _ = moulds_of(
        Snapshot(groups=(group(*rows),), shared=nothing), vault or Vault.throwaway()
    )
    return made


def copy_of(petitions: int = 1, *, number: int = 5, weeks: int = -10) -> Copy:
    numbers = [f"XF-20260323-{position:04d}" for position in range(40, 40 + petitions)]
    return Copy(number=number, weeks=weeks, petitions=numbers, first_person=700)


# --- Texts


def test_a_text_takes_the_values_of_a_copy_where_it_was_left_open() -> None:
    writer = Writer()
    writer.write("on ")
    writer.leave_open(1)
    writer.write(" of ")
    writer.leave_open(0)
    writer.leave_open(1)

    assert writer.text.filled(["a", "b"]) == "on b of ab"


def test_what_copy_would_misread_is_escaped() -> None:
    assert for_copy("a\\b\tc\nd\re") == "a\\\\b\\tc\\nd\\re"


# --- Parting


def test_petitions_that_one_row_names_are_copied_together() -> None:
    rows = [
        row("petitions", petition_no=FIRST),
        row("petitions", petition_no=SECOND),
        row("petitions", petition_no="XF-20260603-0001"),
        row("splits", claim_no=FIRST, accusation_no=SECOND),
    ]

    snapshot = parted(rows)

    assert [each.petitions for each in snapshot.groups] == [
        (FIRST, SECOND),
        ("XF-20260603-0001",),
    ]
    assert snapshot.shared.rows == ()


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(row("routings", store="reception_county", petition_no=FIRST), id="a node"),
        pytest.param(row("suggestions", no="SG-20260601-0001", of=FIRST), id="another number"),
    ],
)
def test_a_petition_with_a_part_in_what_all_share_is_copied_with_it(shared: Row) -> None:
    alone = row("petitions", petition_no=SECOND)

    snapshot = parted([row("petitions", petition_no=FIRST), shared, alone])

    assert snapshot.shared.petitions == (FIRST,)
    assert [each.rows for each in snapshot.groups] == [(alone,)]


def test_a_petition_named_in_what_is_sealed_is_found() -> None:
    sealed = Opened(text=f"关于{SECOND}", place=f"visits|{FIRST}-VI-1|sealed_note")

    found = row("visits", sealed_note=sealed)

    assert found.petitions == {FIRST, SECOND}


# --- What a copy has of its own


def test_numbers_days_and_events_are_those_of_the_copy() -> None:
    mould = mould_of(
        row(
            "triaged_petitions",
            petition_no=FIRST,
            document=f"{FIRST}-TR-1",
            on="2026-06-16",
            at="2026-06-01T00:50:00+00:00",
            said="2026年6月16日（星期二）前",
            key="cb-759dab1548caf7bd-sweep-20260608T160000000000-triage-1",
            event=EVENT,
            again=EVENT,
            nothing=None,
        )
    )

    (written,) = mould.parts["triage"].poured(copy_of(), Vault.throwaway())

    number, document, on, at, said, key, event, again, nothing = written.rstrip("\n").split("\t")
    assert (number, document) == ("XF-20260323-0040", "XF-20260323-0040-TR-1")
    assert (on, at, said) == ("2026-04-07", "2026-03-23T00:50:00+00:00", "2026年4月7日（星期二）前")
    assert re.fullmatch(r"cb-[0-9a-f]{16}-sweep-20260330T160000000000-triage-1", key)
    assert "759dab1548caf7bd" not in key
    assert event == again != EVENT
    assert nothing == "\\N"


def test_two_copies_have_no_event_and_no_request_in_common() -> None:
    mould = mould_of(row("commands", petition_no=FIRST, id="cb-759dab1548caf7bd-7", event=EVENT))

    one, other = (
        mould.parts["triage"].poured(copy_of(number=number), Vault.throwaway())[0].split("\t")
        for number in (1, 2)
    )

    assert one[1] != other[1]
    assert one[2] != other[2]


def test_the_number_of_the_day_follows_the_number_of_the_petition() -> None:
    mould = mould_of(row("petition_standings", petition_no=FIRST, day_number="1"))

    written = mould.parts["triage"].poured(copy_of(), Vault.throwaway())

    assert written == ["XF-20260323-0040\t40\n"]


def test_people_are_others_and_are_found_by_what_they_are() -> None:
    vault = Vault.throwaway()
    person = {"name": "测试甲", "id_number": "999901196001111000", "phone": "19909991000"}
    mould = mould_of(
        row(
            "petitioners",
            store="intake",
            petition_no=FIRST,
            identity_digest=vault.digest("person|测试甲|999901196001111000"),
            phone_digest=vault.digest("phone|19909991000"),
            sealed=Opened(
                text=json.dumps(person, ensure_ascii=False), place=f"petitioners|{FIRST}-1|sealed"
            ),
        ),
        vault=vault,
    )
    others = Vault.throwaway()

    (written,) = mould.parts["intake"].poured(copy_of(), others)

    number, identity, phone, sealed = written.rstrip("\n").split("\t")
    found = json.loads(others.open(sealed, context=f"petitioners|{number}-1|sealed"))
    assert mould.people == 2
    assert found["name"] == "测试甲"
    assert found["phone"] != "19909991000"
    assert len(found["id_number"]) == 18
    assert identity == others.digest(f"person|测试甲|{found['id_number']}")
    assert phone == others.digest(f"phone|{found['phone']}")


def test_a_receipt_is_found_by_the_code_that_is_told() -> None:
    vault = Vault.throwaway()

    def code_of(number: str, keys: Vault) -> str:
        return f"{int(keys.digest(f'receipt|{number}'), 16) % 10**16:016d}"

    played = code_of(FIRST, vault)
    mould = mould_of(
        row(
            "petitions",
            petition_no=FIRST,
            receipt_digest=vault.digest(f"receipt_code|{played}"),
            told=f"查询码：{played}。",
        ),
        vault=vault,
    )
    others = Vault.throwaway()

    (written,) = mould.parts["triage"].poured(copy_of(), others)

    number, digest, told = written.rstrip("\n").split("\t")
    assert told == f"查询码：{code_of(number, others)}。"
    assert digest == others.digest(f"receipt_code|{code_of(number, others)}")


def test_papers_are_hashed_anew_and_everybody_names_the_new_hash() -> None:
    def paper(number: str) -> tuple[str, Mapping[str, object]]:
        content = {"number": number, "title": "处理意见书"}
        return f"{number}-HO-1", document_content(no=f"{number}-HO-1", content=content)

    no, content = paper(FIRST)
    mould = mould_of(
        row(
            "issued_documents",
            store="supervision",
            document_no=no,
            sha256=content_hash(content),
            content_sealed=Opened(
                text=json.dumps(content["content"], ensure_ascii=False), place=f"i|{no}|c"
            ),
        ),
        row("milestones", store="intake", petition_no=FIRST, digest=content_hash(content)),
    )

    supervision, intake = (
        mould.parts[store].poured(copy_of(), Vault.throwaway())[0].rstrip("\n").split("\t")
        for store in ("supervision", "intake")
    )

    renumbered, wanted = paper("XF-20260323-0040")
    assert supervision[0] == renumbered
    assert supervision[1] == intake[1] == content_hash(wanted)


def test_a_paper_hashed_in_an_unknown_way_is_not_copied() -> None:
    strange = row(
        "issued_documents",
        store="supervision",
        document_no=f"{FIRST}-HO-1",
        sha256=hashlib.sha256(b"something").hexdigest(),
        content_sealed=Opened(text="{}", place=f"i|{FIRST}|c"),
    )

    with pytest.raises(DigestUnexplained, match=r"supervision\.issued_documents"):
        mould_of(strange)


def test_a_person_found_in_an_unknown_way_is_not_copied() -> None:
    strange = row(
        "petitioners",
        store="intake",
        petition_no=FIRST,
        identity_digest="a" * 64,
        sealed=Opened(text='{"name": "测试甲"}', place=f"petitioners|{FIRST}-1|sealed"),
    )

    with pytest.raises(DigestUnexplained, match=r"intake\.petitioners\.identity_digest"):
        mould_of(strange)


# --- Sealed values


def test_a_sealed_value_in_an_unknown_place_is_not_passed_over() -> None:
    with pytest.raises(PlaceUnknown, match=r"triage\.nodes\.service"):
        place_of("triage", "nodes", "service", {})


def test_a_sealed_value_that_does_not_open_where_it_should_is_told() -> None:
    vault = Vault.throwaway()
    value = vault.seal("words", context="visits|1|sealed_note")

    with pytest.raises(PlaceUnknown, match="visits does not open as its other"):
        opened(vault, value, "visits|1|other")


# --- The years


def ages(*, young: int, whole: int, shared: int) -> list[Age]:
    def moulds(count: int) -> list[Mould]:
        return [
            Mould(registered=((date(2026, 6, 2), "0001"),), people=2, parts={})
            for _ in range(count)
        ]

    together = Mould(registered=((PLAYED, "0001"),) * shared, people=3, parts={})
    return [
        Age(groups=moulds(young), shared=Mould(registered=(), people=0, parts={})),
        *(Age(groups=moulds(whole), shared=together) for _ in range(3)),
    ]


def plan(petitions: int) -> Plan:
    return Plan(
        ages=ages(young=2, whole=8, shared=4),
        petitions=petitions,
        played=PLAYED,
        today=date(2026, 11, 25),
    )


def test_every_petition_has_a_number_of_its_own_counted_by_the_day() -> None:
    filling = plan(2000)

    numbers = [number for _, copy in filling.copies() for number in copy.petitions]

    by_day = Counter(number[3:11] for number in numbers)
    assert len(numbers) == len(set(numbers))
    assert 2000 <= len(numbers) <= 2000 + 4
    assert {f"{on:%Y%m%d}": last for on, last in filling.day_counts.items()} == by_day
    assert all(int(number[12:]) <= by_day[number[3:11]] for number in numbers)


def test_the_plan_is_the_same_for_every_store() -> None:
    one, other = plan(300), plan(300)

    assert [copy for _, copy in one.copies()] == [copy for _, copy in other.copies()]


def test_no_two_copies_have_a_person_or_a_chance_in_common() -> None:
    made = [(mould.people, copy) for mould, copy in plan(300).copies()]

    people = [copy.first_person + place for count, copy in made for place in range(count)]
    assert len(people) == len(set(people))
    assert len({copy.chance for _, copy in made}) == len(made)


def test_the_last_week_is_this_one_and_has_so_many_as_it_had_then() -> None:
    filling = plan(1300)

    weeks = Counter(copy.weeks for mould, copy in filling.copies() if len(mould.registered) == 1)

    this_week = (monday_of(date(2026, 11, 25)) - PLAYED).days // 7
    assert max(weeks) == this_week
    assert min(weeks) == this_week - filling.weeks + 1
    assert weeks[this_week] * 3 < weeks[this_week - 1]


def test_what_all_share_is_copied_only_so_often_that_no_session_is_planned_twice() -> None:
    weeks = sorted(copy.weeks for mould, copy in plan(2000).copies() if len(mould.registered) == 4)

    assert len(weeks) > 1
    assert {later - earlier for earlier, later in itertools.pairwise(weeks)} == {11}


def test_a_county_is_as_far_into_its_week_as_it_is_now() -> None:
    now = datetime(2026, 11, 25, 10, 30, tzinfo=LOCAL_ZONE)

    found = instants(now, played=PLAYED, ages=3)

    assert found == [
        datetime(2026, 6, 3, 10, 30, tzinfo=LOCAL_ZONE),
        datetime(2026, 6, 10, 10, 30, tzinfo=LOCAL_ZONE),
        datetime(2026, 6, 17, 10, 30, tzinfo=LOCAL_ZONE),
    ]
