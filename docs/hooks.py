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
from collections.abc import Callable, Collection
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

__all__ = ["on_files", "on_page_content", "on_page_markdown", "on_post_build"]

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


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mark what a narrow screen may wrap, and what must stay whole (see `site.css`)."""
    html = re.sub(
        r'<div class="language-(text|sh)[^"]*">.*?</div>',
        lambda found: _MARKS[found[1]](found[0]),
        html,
        flags=re.S,
    )
    return re.sub(r"<code>([^<\n]{1,20}|[^<\s]{21,34})</code>", _WHOLE_CODE, html)


def _mark_messages(block: str) -> str:
    """Mark a text block without columns: its lines can wrap."""
    if re.search(r"\S {2,}\S|[│█▒]", block):
        return block
    return block.replace("language-text", "language-text messages", 1)


def _mark_words(block: str) -> str:
    """Keep options and dates in one piece."""
    dates = r'<span class="m">(\d{4})</span>(-\d\d-\d\d)'
    block = re.sub(dates, r'<span class="whole">\1\2</span>', block)
    return re.sub(r"(?<=[\s>])(--?[a-z][\w-]*)", r'<span class="whole">\1</span>', block)


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
    return _command(app, context, "#", ()).partition("\n")[2]


def _command(
    command: click.Command, context: click.Context, heading: str, common: Collection[str]
) -> str:
    """Render the help page of a command and of its subcommands as Markdown.

    Args:
        common: the options to leave out, since they stand above.
    """
    name, is_group = context.command_path, isinstance(command, click.Group)
    twin = name.replace("mixpanel-export call ", "mixpanel-export query ")
    if twin != name and not is_group and _exists(twin):
        return f"* `{name}`: see [`{twin}`](#{twin.replace(' ', '-')})."
    parts = [f"{heading} `{name}`", inspect.cleandoc(command.help or "")]
    if not (common and is_group):
        usage = " ".join(command.collect_usage_pieces(context))
        parts += [f"```text\n{name} {usage}\n```", _options(command, context, common)]
        parts.append("" if common else command.epilog or "")
        example = getattr(command, "example", "")
        parts.append(f"```{{.sh .shown}}\n{example}\n```" if example else "")
    children: list[click.Command | None] = []
    if isinstance(command, click.Group):
        children = [
            command.get_command(context, name) for name in command.list_commands(context)
        ]
        common = {*common, *(option.name or "" for option in command.get_params(context))}
    for child in filter(None, children):
        child_context = click.Context(child, context, child.name)
        parts.append(_command(child, child_context, f"{heading}#", common))
    return "\n\n".join(part for part in parts if part)


def _options(
    command: click.Command, context: click.Context, common: Collection[str]
) -> str:
    records = [
        parameter.get_help_record(context)
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and parameter.name not in common
    ]
    return "\n".join(
        f"* `{record[0].strip()}`: {record[1]}"
        for record in records
        if record is not None
    )


def _exists(path: str) -> bool:
    """Say if there is a command of this path."""
    command: click.Command | None = app
    for name in path.split()[1:]:
        if not isinstance(command, click.Group):
            return False
        command = command.get_command(click.Context(command), name)
    return command is not None


def _calls() -> str:
    """List the resources, and document each under its name on the client."""
    rows = [
        f"| [`client.{tag}`][{resource.__module__}.{resource.__qualname__}] "
        f"| {inspect.cleandoc(resource.__doc__ or '').splitlines()[0]} |"
        for tag, resource in sorted(_resources().items())
    ]
    table = "\n".join(["| methods | about |", "|---|---|", *rows])
    return f"{table}\n\n" + "\n".join(
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
            f"{package.__name__}.{name}",
            filters=_MODEL_FILTERS,
            inherited_members=False,
            show_labels=False,
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
        _rendered(f"mixpanel_export.{name}", inherited_members=False, show_bases=True)
        for name in names
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


_WHOLE_CODE = r'<code class="whole">\1</code>'
_MARKS: dict[str, Callable[[str], str]] = {"text": _mark_messages, "sh": _mark_words}
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
