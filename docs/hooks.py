"""What the site takes from the code itself while it is built, so that it cannot be stale.

A line `<!-- commands -->` becomes the reference of the command, `<!-- calls -->` and `<!-- models -->` those of
the generated client, `<!-- errors -->` that of the exceptions. The contract is copied beside its page.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable
from functools import cached_property

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from typer.cli import get_docs_for_click

import mixpanel_export
import mixpanel_export_api.models
from mixpanel_export.cli.app import app
from mixpanel_export_api.api import Resources

__all__ = ["on_files", "on_page_markdown"]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the contract among the site's files."""
    files.append(File.generated(config, "reference/openapi.yaml", abs_src_path="spec/openapi.yaml"))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace the marked lines."""
    for name, write in _GENERATED.items():
        if f"<!-- {name} -->" in markdown:
            markdown = markdown.replace(f"<!-- {name} -->", write())
    return markdown


def _commands() -> str:
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="mixpanel-export")
    text = get_docs_for_click(obj=command, ctx=context, name="mixpanel-export")
    # Its title is the page's own.
    return text.partition("\n")[2].replace("&#x27;", "'")


def _calls() -> str:
    """Every resource, under the name by which a client has it."""
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
    """Every model of an answer or a body, without the methods that all have."""
    package = mixpanel_export_api.models
    return "\n".join(
        _rendered(f"{package.__name__}.{name}", filters=_MODEL_FILTERS, inherited_members=False)
        for name in sorted(package.__all__)
        # The checks of enumerations are the generator's own business.
        if not name.startswith("check_")
    )


def _errors() -> str:
    """Every exception of the package."""
    names = [name for name in mixpanel_export.__all__ if _is_error(getattr(mixpanel_export, name))]
    return "\n".join(_rendered(f"mixpanel_export.{name}", inherited_members=False) for name in names)


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def _rendered(name: str, **options: object) -> str:
    """What mkdocstrings makes the reference of one name from."""
    return f"::: {name}\n    options: {json.dumps(options)}\n"


def _resources() -> dict[str, type]:
    """The resource classes of the contract, by tag."""
    found: dict[str, type] = {}
    for tag, getter in vars(Resources).items():
        if isinstance(getter, cached_property):
            name = inspect.get_annotations(getter.func)["return"]
            found[tag] = getattr(importlib.import_module(f"mixpanel_export_api.api.{tag}"), name)
    return found


_MODEL_FILTERS = ["!^_", "!^to_dict$", "!^from_dict$", "!^additional_keys$"]
_GENERATED: dict[str, Callable[[], str]] = {
    "commands": _commands,
    "calls": _calls,
    "models": _models,
    "errors": _errors,
}
