"""Compile a spec into a package, with openapi-python-client as a library.

The driver hands the templates the operations as `calls` and the models as `models`. It first lowers the document
to what openapi-python-client can read; see `contract`.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

from mixpanel_export.codegen.endpoints.adapter import (
    UPSTREAM_TEMPLATES,
    ChoiceLoader,
    Config,
    ConfigFile,
    GeneratorData,
    GeneratorError,
    MetaType,
    PrefixLoader,
    Project,
    PythonIdentifier,
)
from mixpanel_export.codegen.endpoints.calls import calls_by_name
from mixpanel_export.codegen.endpoints.contract import Contract
from mixpanel_export.codegen.endpoints.mistakes import one_line, shown_name
from mixpanel_export.codegen.endpoints.models import models_by_name
from mixpanel_export.codegen.endpoints.texts import docstring, literal
from mixpanel_export.errors import GenerationError

__all__ = ["Package", "compile_package"]

_TEMPLATES = Path(__file__).parent / "templates"
# openapi-python-client always writes these; the facade has its own client.
_UNUSED = ("client.py", "errors.py")
_RUFF = ("--isolated", "--target-version", "py311")


@frozen
class Package:
    """The kind of package to compile.

    Attributes:
        title: its docstring.
        facade: the name of the class that takes a client, for endpoints of a company; empty for Mixpanel's own,
            whose resources are attributes of the client, and which has the runtime that all packages use.
    """

    title: str
    facade: str = ""

    def runtime(self, depth: int) -> str:
        """Return the module that holds the runtime, as a module at this depth of the package imports it."""
        return "mixpanel_export_api.runtime" if self.facade else f"{'.' * depth}runtime"

    def facade_text(self, title: str, prefix: str) -> str:
        """Return the docstring of the class that takes a client: the asynchronous one has the prefix "Async"."""
        client = "an `AsyncMixpanelClient`" if prefix else "a `MixpanelClient`"
        return (
            f"{' '.join(title.split())}, called through a client.\n\n"
            f"Args:\n    client: {client}, whose credentials, retries and budgets apply.\n"
        )


def compile_package(spec: Path, output: Path, package: Package) -> None:
    """Compile `spec` into the package directory `output`, which must not exist.

    Raises:
        GenerationError: The spec has mistakes, or the generator cannot compile it: one line for each reason.
    """
    try:
        _compile(spec, output, package)
    except (GenerationError, OSError):
        raise
    except Exception as error:
        # No rule foresees what the generator trips over here.
        raise _failure(spec, f"{type(error).__name__}: {error}") from error


def _failure(spec: Path, *problems: str) -> GenerationError:
    lines = (f"{shown_name(spec)}:1: cannot be compiled: {one_line(problem)}" for problem in problems)
    return GenerationError("\n".join(lines))


def _compile(spec: Path, output: Path, package: Package) -> None:
    contract = Contract(spec)
    config = Config.from_sources(
        ConfigFile(
            package_name_override=output.name,
            literal_enums=True,
            docstrings_on_attributes=True,
            post_hooks=[],
        ),
        MetaType.NONE,
        spec,
        "utf-8",
        overwrite=False,
        output_path=output,
    )
    data = GeneratorData.from_dict(contract.lowered(), config=config)
    if isinstance(data, GeneratorError):
        raise _failure(spec, f"{data.header}: {data.detail}")
    project = Project(openapi=data, config=config, custom_template_path=_TEMPLATES)
    if project.env.loader is not None:
        loaders = [project.env.loader, PrefixLoader({"upstream": UPSTREAM_TEMPLATES})]
        project.env.loader = ChoiceLoader(loaders)
    names: dict[str, Any] = {
        "package": package,
        "calls": calls_by_name(contract, data, offer_bound=bool(package.facade)),
        "models": models_by_name(contract),
        "descriptions": {
            str(PythonIdentifier(tag, "tag")): text for tag, text in contract.tag_descriptions().items()
        },
    }
    project.env.globals.update(names)
    project.env.filters.update({"docstring": docstring, "literal": literal})
    with contextlib.redirect_stdout(io.StringIO()):
        errors = project.build()
    if errors:
        raise _failure(spec, *(f"{error.header} {error.detail}" for error in errors))
    for name in _UNUSED:
        (output / name).unlink()
    if problem := _tidy(output):
        raise _failure(spec, f"the code that it becomes is no Python: {problem}")
    shutil.rmtree(output / ".ruff_cache", ignore_errors=True)
    (output / "py.typed").touch()


def _tidy(folder: Path) -> str:
    """Sort the imports, drop those that are not used, and format the code; return the words of a failure."""
    # Ruff leaves the imports of an `__init__.py` alone, so each has another name while it is checked.
    names = {path: path.with_name("init_module.py") for path in folder.rglob("__init__.py")}
    for path, other in names.items():
        path.rename(other)
    problem = _run_ruff(folder, "check", "--fix-only", "--select=I,F401,UP")
    for path, other in names.items():
        other.rename(path)
    return problem or _run_ruff(folder, "format", "--line-length", "100")


def _run_ruff(folder: Path, *arguments: str) -> str:
    # -P: a module of the package, such as `types`, must not stand in for Python's own.
    command = [sys.executable, "-P", "-m", "ruff", *arguments, ".", *_RUFF]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout).strip() if done.returncode else ""
