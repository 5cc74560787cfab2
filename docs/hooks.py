"""Parts of the site that are generated from the code at build time, so that they cannot go stale.

In a page, `<!-- commands -->` is replaced by the command reference, `<!-- calls -->` and `<!-- models -->` by the
reference of the generated client, and `<!-- errors -->` by that of the exceptions. `<!-- file NAME -->` includes a
file of the repository. The contract is copied next to its page, and `agents` writes files for coding agents.
"""

from __future__ import annotations

import importlib
import inspect
import json
import posixpath
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import click
from docs import agents
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import mixpanel_export
import mixpanel_export_api.models
from mixpanel_export.cli.app import app
from mixpanel_export_api.api import Resources

__all__ = ["on_files", "on_page_markdown", "on_post_build"]

ROOT = Path(__file__).parents[1]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the contract to the site."""
    files.append(
        File.generated(config, "reference/openapi.yaml", abs_src_path="spec/openapi.yaml")
    )
    return files


def on_post_build(config: MkDocsConfig) -> None:
    """Write the files for coding agents."""
    for name, write in agents.FILES.items():
        path = Path(config.site_dir) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(write(), encoding="utf-8")


def on_page_markdown(
    markdown: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Replace the markers in a page."""
    markdown = re.sub(
        r"<!-- file (\S+) -->", lambda found: _file(found[1], page.file.src_uri), markdown
    )
    for name, write in _GENERATED.items():
        if f"<!-- {name} -->" in markdown:
            markdown = markdown.replace(f"<!-- {name} -->", write())
    return markdown


def _file(name: str, page: str) -> str:
    """Include a file of the repository, with its links made relative to the page."""

    def relink(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
        target = _PAGES.get(target, target.removeprefix("docs/"))
        return f"]({posixpath.relpath(target, posixpath.dirname(page) or '.')}{found[2] or ''})"

    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\]\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)", relink, text)


def _commands() -> str:
    context = click.Context(app, info_name="mixpanel-export")
    # The page has a title of its own.
    return _command(app, context, "#").partition("\n")[2]


def _command(command: click.Command, context: click.Context, heading: str) -> str:
    """Render the help page of a command and of its subcommands as Markdown."""
    parts = [f"{heading} `{context.command_path}`", inspect.cleandoc(command.help or "")]
    usage = " ".join(command.collect_usage_pieces(context))
    parts.append(f"```text\n{context.command_path} {usage}\n```")
    records = [
        parameter.get_help_record(context)
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
    ]
    options = "\n".join(
        f"* `{record[0].strip()}`: {record[1]}"
        for record in records
        if record is not None
    )
    example = getattr(command, "example", "")
    parts += [
        options,
        command.epilog or "",
        f"```{{.sh .shown}}\n{example}\n```" if example else "",
    ]
    children: list[click.Command | None] = []
    if isinstance(command, click.Group):
        children = [
            command.get_command(context, name) for name in command.list_commands(context)
        ]
    for child in filter(None, children):
        parts.append(
            _command(child, click.Context(child, context, child.name), f"{heading}#")
        )
    return "\n\n".join(part for part in parts if part)


def _calls() -> str:
    """Document each resource under its name on the client."""
    return "\n".join(
        _rendered(
            f"{resource.__module__}.{resource.__qualname__}",
            heading=f"client.{tag}",
            toc_label=f"client.{tag}",
            merge_init_into_class=False,
            show_symbol_type_heading=False,
        )
        for tag, resource in sorted(_resources().items())
    )


def _models() -> str:
    """Document each response and body model, without the methods that all of them share."""
    package = mixpanel_export_api.models
    return "\n".join(
        _rendered(
            f"{package.__name__}.{name}", filters=_MODEL_FILTERS, inherited_members=False
        )
        for name in sorted(package.__all__)
        # The generator's own enum checks.
        if not name.startswith("check_")
    )


def _errors() -> str:
    """Document each public exception."""
    names = [
        name
        for name in mixpanel_export.__all__
        if _is_error(getattr(mixpanel_export, name))
    ]
    return "\n".join(
        _rendered(f"mixpanel_export.{name}", inherited_members=False) for name in names
    )


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def _rendered(name: str, **options: object) -> str:
    """Return the mkdocstrings directive for a name."""
    return f"::: {name}\n    options: {json.dumps(options)}\n"


def _resources() -> dict[str, type]:
    """Return the contract's resource classes by tag."""
    found: dict[str, type] = {}
    for tag, getter in vars(Resources).items():
        if isinstance(getter, cached_property):
            name = inspect.get_annotations(getter.func)["return"]
            found[tag] = getattr(
                importlib.import_module(f"mixpanel_export_api.api.{tag}"), name
            )
    return found


# Files of the repository that have a page on the site.
_PAGES = {
    "benchmarks/README.md": "benchmarks.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
_MODEL_FILTERS = ["!^_", "!^to_dict$", "!^from_dict$", "!^additional_keys$"]
_GENERATED: dict[str, Callable[[], str]] = {
    "commands": _commands,
    "calls": _calls,
    "models": _models,
    "errors": _errors,
}
