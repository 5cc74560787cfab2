"""Files for coding agents, generated from these pages: `python -m docs.agents` writes them, `--check` compares.

`llms.txt` lists the pages with a sentence each (https://llmstxt.org). `skill/SKILL.md` is a short guide to the
package that an agent can load. Both are on the site, too.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from mixpanel_export.cli.app import app

__all__ = ["FILES", "main"]

DOCS = Path(__file__).parent
_WIDTH = 116
# These pages are lists for look-up, or for people who change the package.
_LEFT_OUT_OF_SKILL = ("Reference", "Background", "For contributors")


def llms_txt() -> str:
    """Return the list of pages."""
    lines = [f"# {_title('index.md')}", "", f"> {_paragraph('index.md')}"]
    for section, pages in _sections():
        lines += ["", f"## {section}", ""]
        lines += [
            f"- [{title}]({page.removesuffix('.md')}.html): {_sentence(page)}"
            for title, page in pages
        ]
    return "\n".join([*lines, ""])


def skill() -> str:
    """Return the guide."""
    parts = [
        "---",
        "name: mixpanel-export",
        "description: Export raw events, profiles and reports from Mixpanel with Python or the command "
        "`mixpanel-export`. Use it for any task with Mixpanel data.",
        "---",
        "",
        f"# {_title('index.md')}",
        "",
        _wrapped(_paragraph("index.md")),
        "",
        _wrapped(_paragraph("exactness.md")),
        "",
        "## Install",
        "",
        _wrapped(_paragraph("install.md")),
        "",
        _block("install.md", "sh"),
        "",
        "## Credentials",
        "",
        _wrapped(_paragraph("how-to/credentials.md")),
        "",
        _table("how-to/credentials.md"),
        "",
        "## Python",
        "",
        _block("reference/export.md", "python"),
        "",
        _wrapped(_paragraph("how-to/typed-events.md")),
        "",
        _block("how-to/typed-events.md", "sh"),
        "",
        "## Tests, and code to try, without an account",
        "",
        _wrapped(_paragraph("how-to/testing.md")),
        "",
        _block("how-to/testing.md", "python"),
        "",
        "## Commands",
        "",
        "`--help` shows the options of each; `--sandbox` runs it without an account.",
        "",
        *_commands(),
        "",
        "## Pages",
        "",
        *(
            f"- `docs/{page}`: {title}"
            for section, pages in _sections()
            if section not in _LEFT_OUT_OF_SKILL
            for title, page in pages
        ),
        "",
    ]
    return "\n".join(parts)


def _sections() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the sections of the navigation, each with the titles and files of its pages."""
    nav: list[Mapping[str, Any]] = yaml.safe_load(
        (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    )["nav"]
    for entry in nav:
        for section, pages in entry.items():
            if not isinstance(pages, str):
                yield (
                    section,
                    [(title, file) for page in pages for title, file in page.items()],
                )


def _source(page: str) -> str:
    """Return a page, with the file that it includes."""
    text = (DOCS / page).read_text("utf-8")
    if included := re.match(r"<!-- file (\S+) -->", text):
        return (DOCS.parent / included[1]).read_text("utf-8")
    return text


def _title(page: str) -> str:
    found = re.search(r"^# (.+)$", _source(page), re.M)
    assert found is not None, f"{page} has no title"
    return found[1]


def _paragraph(page: str) -> str:
    """Return the first paragraph of a page, without links."""
    blocks = re.split(r"\n\s*\n", re.sub(r"```.*?```", "", _source(page), flags=re.S))
    text = next(
        (block for block in blocks if re.match(r"[\w`*\[]", block) and "|" not in block),
        _title(page),
    )
    plain = " ".join(_without_links(text).split())
    return plain.partition(" This page ")[0]


def _table(page: str) -> str:
    """Return the first table of a page, without links."""
    found = re.search(r"^\|.+?(?=\n\n)", _source(page), re.M | re.S)
    assert found is not None, f"{page} has no table"
    return _without_links(found[0])


def _without_links(text: str) -> str:
    return re.sub(r"\[([^\]]+)\][(\[][^)\]]*[)\]]", r"\1", text)


def _sentence(page: str) -> str:
    """Return the first sentence of a page."""
    return (
        re.split(r"(?<=[.:])\s", _paragraph(page), maxsplit=1)[0]
        .removesuffix(":")
        .removesuffix(".")
        + "."
    )


def _block(page: str, language: str) -> str:
    """Return the first code block of a language."""
    found = re.search(rf"^```{language}\n.*?^```$", _source(page), re.M | re.S)
    assert found is not None, f"{page} has no block of {language}"
    return found[0]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _commands() -> Iterator[str]:
    context = click.Context(app, info_name="mixpanel-export")
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        if command is not None and not command.hidden:
            yield f"- `mixpanel-export {name}`: {command.get_short_help_str(limit=100)}"


FILES = {"llms.txt": llms_txt, "skill/SKILL.md": skill}
"""The files in this folder, and the functions that write them."""


def main(arguments: list[str]) -> None:
    """Write the files, or with `--check` exit with 1 if one differs."""
    texts = {DOCS / name: write() for name, write in FILES.items()}
    stale = [
        path
        for path, text in texts.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if "--check" in arguments:
        sys.exit(
            "\n".join(
                f"{path} is out of date; run `python -m docs.agents`" for path in stale
            )
            or 0
        )
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[path], "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
