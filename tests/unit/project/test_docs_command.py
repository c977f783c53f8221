"""`make docs` and `make docs-check`: what they call stale."""

from pathlib import Path

import pytest

from tools.docs.__main__ import stale_pages


@pytest.mark.parametrize(
    ("on_disk", "is_stale"),
    [
        pytest.param(None, True, id="a page that was never written"),
        pytest.param("# Rules\n", False, id="a page that says what the code says"),
        pytest.param("# Rules\n\nand more\n", True, id="a page that was edited by hand"),
    ],
)
def test_page_is_stale_when_it_differs(tmp_path: Path, on_disk: str | None, is_stale: bool) -> None:
    page = tmp_path / "rules.md"
    if on_disk is not None:
        page.write_text(on_disk, encoding="utf-8")

    told = stale_pages({page: "# Rules\n"}, root=tmp_path)

    assert told == (
        ["rules.md does not say what the code says; run `make docs` and commit it."]
        if is_stale
        else []
    )
