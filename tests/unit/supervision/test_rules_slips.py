"""The legal tables of the eight slips: who gets them, when they go out and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.supervision.rules.addressees import (
    Authorisation,
    Directory,
    Matter,
    PostHolder,
    addressees_of_slips,
    authorisation_begins_on,
    authorisation_for,
    holder_of,
)
from services.supervision.rules.slips import (
    DecidedMatter,
    SlipStanding,
    first_standing,
    may_slip_be_acknowledged,
    may_slip_be_returned,
    may_slips_be_issued,
    outstanding,
)
from services.supervision.rules.terms import LEADER_POSTS, Post
from shared.decisions import Verdict


def holder(code: str, post: Post, *portfolio: str, organ: str = "county") -> PostHolder:
    return PostHolder(
        code=code, organ=organ, posts=frozenset({post.value}), portfolio=frozenset(portfolio)
    )


SECRETARY = holder("secretary", Post.PARTY_SECRETARY)
HEAD = holder("head", Post.COUNTY_HEAD)
DEPUTY_SECRETARY = holder("deputy_secretary", Post.DEPUTY_PARTY_SECRETARY_IN_CHARGE, "petition")
VICE_LABOUR = holder("vice_labour", Post.DEPUTY_COUNTY_HEAD_IN_CHARGE, "labour")
VICE_PETITION = holder("vice_petition", Post.DEPUTY_COUNTY_HEAD_IN_CHARGE, "petition")
VICE_OTHER = holder("vice_a_other", Post.DEPUTY_COUNTY_HEAD_IN_CHARGE, "transport")
DISCIPLINE = holder("discipline", Post.DISCIPLINE_SECRETARY)
ORGANIZATION = holder("organization", Post.ORGANIZATION_HEAD)
COUNTY = (
    SECRETARY,
    HEAD,
    DEPUTY_SECRETARY,
    VICE_LABOUR,
    VICE_PETITION,
    VICE_OTHER,
    DISCIPLINE,
    ORGANIZATION,
)
TOWN_SECRETARY = holder("town_secretary", Post.PARTY_SECRETARY, organ="town")
TOWN_VICE = holder("town_vice", Post.DEPUTY_COUNTY_HEAD_IN_CHARGE, "land", organ="town")

MATTER = Matter(organ="county", field="labour", lead_unit="labour_bureau", overrides={})


def directory(*leaders: PostHolder) -> Directory:
    return Directory(
        office="petition_office",
        leaders=leaders,
        parents={"county": None, "town": "county"},
        authorisations=(
            Authorisation(no="old", issued_on=date(2025, 1, 1), organ="county"),
            Authorisation(no="new", issued_on=date(2026, 1, 1), organ="county"),
            Authorisation(no="ahead", issued_on=date(2026, 7, 1), organ="county"),
        ),
    )


@pytest.mark.proves("C-14", "I-3", "I-14")
def test_a_set_has_eight_addressees_one_for_each_post() -> None:
    addressees = addressees_of_slips(matter=MATTER, directory=directory(*COUNTY)).value

    assert [post for post, _holder in addressees] == list(Post)
    assert [holder for _post, holder in addressees] == [
        "secretary",
        "deputy_secretary",
        "head",
        "vice_labour",
        "discipline",
        "organization",
        "labour_bureau",
        "petition_office",
    ]


@pytest.mark.proves("C-14", "I-3")
def test_one_person_in_two_posts_gets_two_slips() -> None:
    both = replace(DISCIPLINE, posts=frozenset({Post.DISCIPLINE_SECRETARY, Post.ORGANIZATION_HEAD}))
    leaders = [one for one in COUNTY if one not in (DISCIPLINE, ORGANIZATION)]

    addressees = dict(addressees_of_slips(matter=MATTER, directory=directory(*leaders, both)).value)

    assert addressees[Post.DISCIPLINE_SECRETARY] == addressees[Post.ORGANIZATION_HEAD]
    assert len(addressees) == 8


@pytest.mark.proves("C-14", "D-06")
@pytest.mark.parametrize(
    ("post", "matter", "leaders", "named"),
    [
        pytest.param(
            Post.DEPUTY_COUNTY_HEAD_IN_CHARGE,
            MATTER,
            COUNTY,
            "vice_labour",
            id="in charge means of the matter's field",
        ),
        pytest.param(
            Post.DEPUTY_COUNTY_HEAD_IN_CHARGE,
            replace(MATTER, field="health"),
            COUNTY,
            "vice_petition",
            id="else of petition work",
        ),
        pytest.param(
            Post.DEPUTY_COUNTY_HEAD_IN_CHARGE,
            replace(MATTER, field="health"),
            (VICE_OTHER, VICE_LABOUR),
            "vice_a_other",
            id="else the first by code",
        ),
        pytest.param(
            Post.PARTY_SECRETARY,
            MATTER,
            COUNTY[1:],
            "deputy_secretary",
            id="a vacant first post falls to its deputy",
        ),
        pytest.param(
            Post.PARTY_SECRETARY,
            replace(MATTER, organ="town"),
            (*COUNTY, TOWN_SECRETARY),
            "town_secretary",
            id="a township's own secretary",
        ),
        pytest.param(
            Post.DISCIPLINE_SECRETARY,
            replace(MATTER, organ="town"),
            (*COUNTY, TOWN_SECRETARY),
            "discipline",
            id="a post the township lacks is the county's",
        ),
        pytest.param(
            Post.COUNTY_HEAD,
            replace(MATTER, organ="town"),
            (*COUNTY, TOWN_VICE),
            "town_vice",
            id="a vacant head of the township is deputised there",
        ),
        pytest.param(
            Post.COUNTY_HEAD,
            replace(MATTER, overrides={Post.COUNTY_HEAD: "substitute"}),
            COUNTY,
            "substitute",
            id="a recorded substitute comes first",
        ),
        pytest.param(
            Post.ORGANIZATION_HEAD, MATTER, COUNTY[:-1], None, id="a post that nobody holds"
        ),
        pytest.param(
            Post.COUNTY_HEAD,
            replace(MATTER, organ="unlisted"),
            COUNTY,
            None,
            id="an organ outside the directory has nobody",
        ),
    ],
)
def test_a_post_is_held_by(
    post: Post, matter: Matter, leaders: tuple[PostHolder, ...], named: str | None
) -> None:
    assert holder_of(post, matter=matter, directory=directory(*leaders)) == named


def test_a_directory_whose_organs_go_round_ends_all_the_same() -> None:
    going_round = replace(directory(*COUNTY), parents={"town": "county", "county": "town"})

    assert list(going_round.organs_upward("town")) == ["town", "county"]


@pytest.mark.proves("C-14", "D-06")
def test_a_unit_replaced_by_its_superior_is_addressed_there() -> None:
    matter = replace(MATTER, overrides={Post.RESPONSIBLE_UNIT: "county_government"})

    addressees = addressees_of_slips(matter=matter, directory=directory(*COUNTY)).value

    assert addressees[6] == (Post.RESPONSIBLE_UNIT, "county_government")


@pytest.mark.proves("C-14")
@pytest.mark.parametrize("post", [Post.DISCIPLINE_SECRETARY, Post.ORGANIZATION_HEAD])
def test_a_set_with_a_post_nobody_holds_is_not_addressed(post: Post) -> None:
    leaders = [one for one in COUNTY if post not in one.posts]

    addressed = addressees_of_slips(matter=MATTER, directory=directory(*leaders))

    assert addressed.verdict is Verdict.UNKNOWN
    assert addressed.decision.missing_facts == (post.value,)


@pytest.mark.proves("D-18", "C-14")
@pytest.mark.parametrize(
    ("organ", "on", "named"),
    [
        pytest.param("county", date(2024, 12, 31), None, id="none issued yet"),
        pytest.param("county", date(2025, 1, 1), "old", id="on the day of issue"),
        pytest.param("county", date(2025, 12, 31), "old", id="the day before the next"),
        pytest.param("county", date(2026, 1, 1), "new", id="the latest counts"),
        pytest.param("town", date(2026, 6, 30), "new", id="a township's is the county's"),
        pytest.param("elsewhere", date(2026, 6, 30), None, id="another organ's does not count"),
    ],
)
def test_slips_cite_the_latest_authorisation_issued_by_then(
    organ: str, on: date, named: str | None
) -> None:
    found = authorisation_for(organ=organ, directory=directory(*COUNTY), on=on)

    assert (found.value.no if found.allowed else None) == named
    assert found.decision.missing_facts == (() if named else ("authorisation",))


@pytest.mark.proves("D-18", "C-14")
@pytest.mark.parametrize(
    ("organ", "on", "begins_on"),
    [
        pytest.param("county", date(2024, 12, 31), date(2025, 1, 1), id="the nearest of several"),
        pytest.param("county", date(2026, 6, 30), date(2026, 7, 1), id="the day before"),
        pytest.param("county", date(2026, 7, 1), None, id="on the day itself nothing is ahead"),
        pytest.param(
            "town", date(2026, 6, 30), date(2026, 7, 1), id="a township's is the county's"
        ),
        pytest.param("elsewhere", date(2026, 6, 30), None, id="another organ's does not count"),
    ],
)
def test_an_authorisation_dated_ahead_begins_on_its_day(
    organ: str, on: date, begins_on: date | None
) -> None:
    found = authorisation_begins_on(organ=organ, directory=directory(*COUNTY), on=on)

    assert found == begins_on


DECIDED = DecidedMatter(
    slips_issued=False, due_on=date(2026, 7, 3), statutory_due_on=date(2026, 8, 3), standards=1
)


@pytest.mark.proves("C-14", "C-15", "X-5", "D-19", "I-17", "T14")
@pytest.mark.parametrize(
    ("matter", "refused"),
    [
        pytest.param(DECIDED, None, id="a due date and a standard"),
        pytest.param(
            replace(DECIDED, due_on=date(2026, 8, 3)), None, id="due on the statutory day"
        ),
        pytest.param(
            replace(DECIDED, due_on=date(2026, 8, 4)), "due_within_statute", id="due a day later"
        ),
        pytest.param(replace(DECIDED, due_on=None), "due_date_set", id="without a due date"),
        pytest.param(
            replace(DECIDED, standards=0), "completion_standard_set", id="without a standard"
        ),
        pytest.param(replace(DECIDED, slips_issued=True), "not_issued_yet", id="a second time"),
        pytest.param(
            replace(DECIDED, statutory_due_on=None), "due_within_statute", id="not accepted yet"
        ),
    ],
)
def test_a_slip_set_is_issued_once_and_whole(matter: DecidedMatter, refused: str | None) -> None:
    failed = may_slips_be_issued(matter).first_refusal()

    assert (failed.code if failed else None) == refused


@pytest.mark.proves("D-18", "C-14")
def test_seven_are_served_and_the_stub_is_kept() -> None:
    begun = [first_standing(post) for post in Post]

    assert begun == [SlipStanding.SERVED] * 7 + [SlipStanding.KEPT]


@pytest.mark.proves("D-18")
@pytest.mark.parametrize(
    ("standing", "refused"),
    [
        (SlipStanding.SERVED, None),
        (SlipStanding.ACKNOWLEDGED, None),
        (SlipStanding.RECALLED, "slip_is_out"),
        (SlipStanding.KEPT, "slip_is_served"),
    ],
)
def test_a_slip_is_signed_for_while_it_is_out(standing: SlipStanding, refused: str | None) -> None:
    failed = may_slip_be_acknowledged(standing).first_refusal()

    assert (failed.code if failed else None) == refused


@pytest.mark.proves("C-16", "D-18")
@pytest.mark.parametrize(
    ("standing", "reported", "refused"),
    [
        pytest.param(SlipStanding.SERVED, True, None, id="after the report"),
        pytest.param(SlipStanding.ACKNOWLEDGED, True, None, id="signed for, after the report"),
        pytest.param(SlipStanding.SERVED, False, "result_reported", id="before the report"),
        pytest.param(SlipStanding.RECALLED, True, "slip_is_out", id="a second time"),
        pytest.param(SlipStanding.KEPT, True, "slip_is_served", id="the stub"),
    ],
)
def test_a_slip_comes_back_once_after_the_report(
    standing: SlipStanding, refused: str | None, *, reported: bool
) -> None:
    failed = may_slip_be_returned(standing, result_reported=reported).first_refusal()

    assert (failed.code if failed else None) == refused


@pytest.mark.proves("C-16")
def test_what_is_served_or_signed_for_is_outstanding() -> None:
    assert outstanding(SlipStanding) == 2


def test_the_six_leaders_are_the_first_six_posts() -> None:
    assert len(LEADER_POSTS) == 6
    assert Post.RESPONSIBLE_UNIT not in LEADER_POSTS
