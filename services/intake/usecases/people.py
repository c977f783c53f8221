"""The people behind petitions: sealed where they stand, found only by who knows who they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, or_, select

from services.intake.models import Petitioner, Representative, RepresentativeList
from services.intake.rules import next_version
from shared.contracts.intake import Person, PersonView
from shared.documents import canonical_json
from shared.messaging.work import Work

_COUNTRY_PREFIXES: Final = ("0086", "86")
_MOBILE_DIGITS: Final = 11


@dataclass(frozen=True, kw_only=True)
class BlindIndexes:
    """The keyed digests by which a person can be found again; None where nothing was stated."""

    identity: str | None
    phone: str | None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """By what the people of an earlier petition agree with those asked about."""

    identity: bool = False
    phone: bool = False


# Built once: making a statement costs as much as sending it.
_PETITIONERS: Final = (
    select(Petitioner)
    .where(Petitioner.petition_no == bindparam("petition_no"))
    .order_by(Petitioner.position)
)


def blind_indexes(work: Work, person: Person) -> BlindIndexes:
    """Digest what tells a person apart: name with identity number, and telephone number."""
    identity = person.id_number and work.vault.digest(f"person|{person.name}|{person.id_number}")
    phone = person.phone and work.vault.digest(f"phone|{_plain_phone(person.phone)}")
    return BlindIndexes(identity=identity or None, phone=phone or None)


def add_petitioners(
    work: Work, *, petition_no: str, visit_no: str, people: Sequence[Person]
) -> None:
    """Add people to those behind a petition, leaving out whom it has already."""
    _add(work, petition_no, visit_no, people, present=petitioners_of(work, petition_no))


def add_first_petitioners(
    work: Work, *, petition_no: str, visit_no: str, people: Sequence[Person]
) -> None:
    """Add the people behind a petition that has just been entered, each once."""
    _add(work, petition_no, visit_no, people, present=[])


def _add(
    work: Work, petition_no: str, visit_no: str, people: Sequence[Person], present: list[Person]
) -> None:
    position = len(present)
    for person in people:
        if person in present:
            continue
        position += 1
        present.append(person)
        indexes = blind_indexes(work, person)
        work.append(
            Petitioner(
                petition_no=petition_no,
                position=position,
                visit_no=visit_no,
                identity_digest=indexes.identity,
                phone_digest=indexes.phone,
                sealed=work.vault.seal(
                    canonical_json(person.dump()), context=_place(petition_no, position)
                ),
            )
        )


def petitioners_of(work: Work, petition_no: str) -> list[Person]:
    """Open the people behind a petition, in the order they were entered."""
    rows = work.session.scalars(_PETITIONERS, {"petition_no": petition_no})
    return [_open(work, row.sealed, _place(petition_no, row.position)) for row in rows]


def first_petitioner_of(work: Work, petition_no: str) -> Person | None:
    """Open the first of the people behind a petition; None where nobody is told."""
    row = work.session.scalars(_PETITIONERS.limit(1), {"petition_no": petition_no}).first()
    return None if row is None else _open(work, row.sealed, _place(petition_no, row.position))


def petitions_of_same_people(work: Work, people: Collection[Person]) -> dict[str, Agreement]:
    """Find the petitions that any of these people brought or speaks for, and by what they agree."""
    indexes = [blind_indexes(work, person) for person in people]
    identities = {index.identity for index in indexes if index.identity}
    phones = {index.phone for index in indexes if index.phone}
    found: dict[str, Agreement] = {}
    for table in (Petitioner, Representative):
        rows = work.session.execute(
            select(table.petition_no, table.identity_digest, table.phone_digest).where(
                or_(table.identity_digest.in_(identities), table.phone_digest.in_(phones))
            )
        )
        for petition_no, identity, phone in rows:
            before = found.get(petition_no, Agreement())
            found[petition_no] = Agreement(
                identity=before.identity or identity in identities,
                phone=before.phone or phone in phones,
            )
    return found


def store_representatives(work: Work, *, petition_no: str, people: Sequence[Person]) -> None:
    """Write a list of representatives beside the earlier ones; the newest speaks for the group."""
    latest = latest_representatives(work, petition_no)
    version = next_version(latest=latest.version if latest else None)
    work.append(
        RepresentativeList(
            petition_no=petition_no,
            version=version,
            count=len(people),
            named_by=work.actor.id,
            named_at=work.now,
        )
    )
    for position, person in enumerate(people, start=1):
        indexes = blind_indexes(work, person)
        place = _representative_place(petition_no, version, position)
        work.append(
            Representative(
                petition_no=petition_no,
                version=version,
                position=position,
                identity_digest=indexes.identity,
                phone_digest=indexes.phone,
                sealed=work.vault.seal(canonical_json(person.dump()), context=place),
            )
        )


def latest_representatives(work: Work, petition_no: str) -> RepresentativeList | None:
    """Find the list of representatives in force."""
    return work.session.scalars(
        select(RepresentativeList)
        .where(RepresentativeList.petition_no == petition_no)
        .order_by(RepresentativeList.version.desc())
        .limit(1)
    ).one_or_none()


def representatives_of(work: Work, petition_no: str) -> list[Person]:
    """Open the representatives in force; none where none were named."""
    latest = latest_representatives(work, petition_no)
    if latest is None:
        return []
    rows = work.session.scalars(
        select(Representative)
        .where(
            Representative.petition_no == petition_no,
            Representative.version == latest.version,
        )
        .order_by(Representative.position)
    )
    return [
        _open(work, row.sealed, _representative_place(petition_no, row.version, row.position))
        for row in rows
    ]


def view_of(person: Person) -> PersonView:
    """Show a person."""
    return PersonView(
        name=person.name,
        phone=person.phone,
        address=person.address,
        id_number=person.id_number,
    )


def _plain_phone(phone: str) -> str:
    """Give a telephone number as its digits, without the country's prefix before a mobile one."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    for prefix in _COUNTRY_PREFIXES:
        if digits.startswith(prefix) and len(digits) == len(prefix) + _MOBILE_DIGITS:
            return digits.removeprefix(prefix)
    return digits


def _place(petition_no: str, position: int) -> str:
    return f"petitioners|{petition_no}-{position}|sealed"


def _representative_place(petition_no: str, version: int, position: int) -> str:
    return f"representatives|{petition_no}-{version}-{position}|sealed"


def _open(work: Work, sealed: str, place: str) -> Person:
    return Person(**json.loads(work.vault.open(sealed, context=place)))
