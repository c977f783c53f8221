"""Sealing: what cannot be read, moved or altered, and how it is found all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.vault import KeysUnusable, SealBroken, Vault, write_key

TEXT = "示例：反映拖欠工资"
CONTEXT = "petitions|XF-20260601-0001|text"

pytestmark = pytest.mark.proves("P-1", "P-2")


def test_what_is_sealed_opens_where_it_belongs() -> None:
    vault = Vault.throwaway()

    token = vault.seal(TEXT, context=CONTEXT)

    assert TEXT not in token
    assert token.isascii()
    assert vault.open(token, context=CONTEXT) == TEXT
    assert vault.seal(TEXT, context=CONTEXT) != token


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("petitions|XF-20260601-0002|text", id="in another record"),
        pytest.param("petitions|XF-20260601-0001|summary", id="in another field"),
        pytest.param("persons|XF-20260601-0001|text", id="in another table"),
    ],
)
def test_what_is_sealed_does_not_open_elsewhere(other: str) -> None:
    vault = Vault.throwaway()
    token = vault.seal(TEXT, context=CONTEXT)

    with pytest.raises(SealBroken):
        vault.open(token, context=other)


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4, 5])
def test_an_altered_token_does_not_open(part: int) -> None:
    vault = Vault.throwaway()
    parts = vault.seal(TEXT, context=CONTEXT).split(".")
    parts[part] = "9" if part == 1 else ("B" if parts[part][0] != "B" else "C") + parts[part][1:]

    with pytest.raises(SealBroken) as broken:
        vault.open(".".join(parts), context=CONTEXT)

    assert "XF-20260601-0001" not in str(broken.value)


@pytest.mark.parametrize("token", ["", "plain text", "b1.1.a.b.c", "b1.x.a.b.c.d", "b1.1.a.b.c.d"])
def test_what_was_never_sealed_does_not_open(token: str) -> None:
    with pytest.raises(SealBroken):
        Vault.throwaway().open(token, context=CONTEXT)


def test_another_stores_keys_open_nothing() -> None:
    token = Vault.throwaway().seal(TEXT, context=CONTEXT)

    with pytest.raises(SealBroken):
        Vault.throwaway().open(token, context=CONTEXT)


def test_a_new_key_seals_while_the_old_one_still_opens(tmp_path: Path) -> None:
    old = Vault.open_or_create(tmp_path / "keys")
    before = old.seal(TEXT, context=CONTEXT)
    write_key(tmp_path / "keys" / "wrapping-2.key")

    new = Vault.open_existing(tmp_path / "keys")
    after = new.rewrap(before, context=CONTEXT)

    assert (before.split(".")[1], after.split(".")[1]) == ("1", "2")
    assert before.split(".")[-1] == after.split(".")[-1]
    assert new.open(before, context=CONTEXT) == new.open(after, context=CONTEXT) == TEXT
    assert new.digest("a") == old.digest("a")
    with pytest.raises(SealBroken, match="wrapping key 2"):
        old.open(after, context=CONTEXT)


@pytest.mark.parametrize(
    ("typed", "typed_again"),
    [
        pytest.param("11010119900101123x", "11010119900101123X", id="in another case"),
        pytest.param("１３８００００００００", "13800000000", id="in full width"),
        pytest.param("138 0000 0000", "13800000000", id="with blanks"),
    ],
)
def test_a_digest_finds_what_was_typed_another_way(typed: str, typed_again: str) -> None:
    vault = Vault.throwaway()

    assert vault.digest(typed) == vault.digest(typed_again)
    assert vault.digest(typed) != vault.digest(typed_again + "1")
    assert vault.digest(typed) != Vault.throwaway().digest(typed)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    directory = tmp_path / "store" / "keys"

    first = Vault.open_or_create(directory)
    again = Vault.open_or_create(directory)

    assert again == first
    assert {path.name for path in directory.iterdir()} == {"index.key", "wrapping-1.key"}
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}
    assert directory.stat().st_mode & 0o077 == 0
    assert [path.name for path in directory.parent.iterdir()] == ["keys"]


def test_the_keys_do_not_show_when_a_vault_is_printed() -> None:
    vault = Vault.throwaway()

    assert vault.index_key.hex() not in repr(vault)
    assert repr(vault.index_key) not in repr(vault)


def _no_directory(keys: Path) -> None:
    for path in keys.iterdir():
        path.unlink()
    keys.rmdir()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(_no_directory, "no directory", id="no directory"),
        pytest.param(lambda keys: (keys / "wrapping-1.key").unlink(), "no wrapping", id="no key"),
        pytest.param(lambda keys: (keys / "index.key").unlink(), "index.key", id="no index key"),
        pytest.param(
            lambda keys: (keys / "index.key").chmod(0o644), "chmod 600", id="read by others"
        ),
        pytest.param(
            lambda keys: (keys / "index.key").write_bytes(b"c2hvcnQ="), "5 bytes", id="too short"
        ),
        pytest.param(
            lambda keys: (keys / "index.key").write_bytes(b"x"), "cannot be read", id="no base64"
        ),
    ],
)
def test_keys_that_cannot_be_used_are_refused_with_the_reason(
    tmp_path: Path, harm: object, said: str
) -> None:
    assert callable(harm)
    directory = tmp_path / "keys"
    Vault.open_or_create(directory)
    harm(directory)

    with pytest.raises(KeysUnusable, match=said):
        Vault.open_existing(directory)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_key(tmp_path / "a.key")

    with pytest.raises(KeysUnusable, match="never overwritten"):
        write_key(tmp_path / "a.key")


FIRST_FILES = ("index.key", "wrapping-1.key")


def test_keys_are_made_in_a_directory_that_is_there_and_empty_as_a_volume_is(
    tmp_path: Path,
) -> None:
    (tmp_path / "lost+found").mkdir()

    first = Vault.open_or_create(tmp_path)

    assert Vault.open_or_create(tmp_path) == first
    assert {path.name for path in tmp_path.iterdir()} == {"lost+found", *FIRST_FILES}
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in FIRST_FILES} == {0o600}


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        pytest.param(("index.key.unfinished",), (), id="while the first was written"),
        pytest.param(("index.key.unfinished", "wrapping-1.key.unfinished"), (), id="both written"),
        pytest.param(
            ("index.key", "wrapping-1.key.unfinished"), FIRST_FILES, id="the first has its name"
        ),
    ],
)
def test_making_keys_that_was_interrupted_is_finished_the_next_time(
    tmp_path: Path, left: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    for name in left:
        write_key(tmp_path / name)
    before = {name.removesuffix(".unfinished"): (tmp_path / name).read_bytes() for name in left}

    made = Vault.open_or_create(tmp_path)

    assert Vault.open_existing(tmp_path) == made
    assert {path.name for path in tmp_path.iterdir()} == set(FIRST_FILES)
    assert {name: (tmp_path / name).read_bytes() for name in kept} == {
        name: before[name] for name in kept
    }


@pytest.mark.parametrize("lost", FIRST_FILES)
def test_a_lost_key_is_never_replaced_by_a_new_one(tmp_path: Path, lost: str) -> None:
    Vault.open_or_create(tmp_path)
    (tmp_path / lost).unlink()

    with pytest.raises(KeysUnusable):
        Vault.open_or_create(tmp_path)

    assert not (tmp_path / lost).exists()
