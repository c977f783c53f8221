"""The documents: their links lead somewhere, and the two READMEs tell of the same things."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "services/*/*.md")
    for page in ROOT.glob(pattern)
)

_LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#]+)")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")

    missing = {
        target
        for target in _LINK.findall(text)
        if not ((ROOT / page).parent / target).resolve().exists()
    }

    assert missing == set()


def test_the_two_readmes_name_the_same_commands_and_places() -> None:
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    def places(text: str) -> set[str]:
        linked = set(_LINK.findall(text)) - {"README.md", "README.zh-CN.md"}
        return linked | set(re.findall(r"^make \w+|^\| `(?!balian)\S+`", text, flags=re.MULTILINE))

    assert places(english) == places(chinese)
