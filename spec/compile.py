"""Compile a spec into a package, with openapi-python-client as a library.

The driver hands the templates the operations as `calls` and the models as `models`. It first lowers the document
to what openapi-python-client can read; see `contract`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from jinja2 import ChoiceLoader, PrefixLoader

from spec.adapter import (
    UPSTREAM_TEMPLATES,
    Config,
    ConfigFile,
    GeneratorData,
    GeneratorError,
    MetaType,
    Project,
)
from spec.calls import calls_by_name
from spec.contract import Contract, GenerationError
from spec.models import models_by_name

HERE = Path(__file__).parent
# openapi-python-client always writes these; the facade has its own client.
_UNUSED = ("client.py", "errors.py")


def compile_spec(spec: Path, output: Path) -> None:
    """Compile `spec` into the package directory `output`, which must not exist.

    Raises:
        GenerationError: The generator reported an error or a warning.
    """
    contract = Contract(spec)
    config = Config.from_sources(
        ConfigFile.load_from_path(HERE / "generator.yaml"),
        MetaType.NONE,
        spec,
        "utf-8",
        overwrite=False,
        output_path=output,
    )
    data = GeneratorData.from_dict(contract.lowered(), config=config)
    if isinstance(data, GeneratorError):
        raise GenerationError(f"{data.header}\n{data.detail}")
    project = Project(openapi=data, config=config, custom_template_path=HERE / "templates")
    assert project.env.loader is not None
    project.env.loader = ChoiceLoader([project.env.loader, PrefixLoader({"upstream": UPSTREAM_TEMPLATES})])
    project.env.globals["calls"] = calls_by_name(contract, data)
    project.env.globals["models"] = models_by_name(contract)
    project.env.globals["descriptions"] = contract.tag_descriptions()
    errors = project.build()
    if errors:
        raise GenerationError("\n".join(f"{e.level.value}: {e.header} {e.detail}" for e in errors))
    for name in _UNUSED:
        (output / name).unlink()
    shutil.copytree(HERE / "runtime", output / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(output / ".ruff_cache", ignore_errors=True)
    (output / "py.typed").touch()
