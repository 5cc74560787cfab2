"""Write a compiled package into a directory, or compare it with one. The entrance to the extra `codegen`."""

from __future__ import annotations

import filecmp
import keyword
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from mixpanel_export._extras import needs_extra
from mixpanel_export.errors import InvalidArgumentError

__all__ = ["compile_endpoints", "differences", "find_stale"]

_MARK = "by `mixpanel-export codegen`"
# A package in the working directory stands in for one that the client imports, in every run there.
_IMPORTED = {
    "anyio", "attr", "attrs", "certifi", "click", "dlt", "duckdb", "filelock", "h11", "httpcore", "httpx", "idna",
    "isal", "jinja2", "keyring", "matplotlib", "mixpanel_export", "mixpanel_export_api", "msgspec", "obstore",
    "openapi_python_client", "openapi_spec_validator", "pandas", "platformdirs", "polars", "pyarrow", "pydantic",
    "pyspark", "redis", "rich", "ruamel", "ruff", "socksio", "starlette", "typing_extensions", "tzdata", "uvicorn",
}  # fmt: skip
# Names that the module with the class that takes a client imports.
_FACADES = {
    "Any",
    "AsyncCaller",
    "AsyncResources",
    "Caller",
    "Mapping",
    "Operation",
    "Resources",
    "T",
    "Typevar",
}


def compile_endpoints(spec: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
    """Compile an OpenAPI file into a package with one typed method for each operation.

    The package `company_api` has the classes `CompanyApi` and `AsyncCompanyApi`, which take a client.

    Args:
        spec: the OpenAPI file, in YAML or JSON.
        output: the directory of the package, whose name is the package's. A package that was compiled before is
            replaced; any other directory must be empty or missing.

    Raises:
        GenerationError: The file has mistakes: one line for each, with file and line.
        InvalidArgumentError: `output` cannot be the directory of a package, or holds something else.
        MissingExtraError: The extra `codegen` is not installed.

    Examples:
        >>> compile_endpoints("company.yaml", "company_api")  # doctest: +SKIP
        >>> from company_api import CompanyApi  # doctest: +SKIP
        >>> CompanyApi(client).audits.list(project_id=1)  # doctest: +SKIP
    """
    package = _checked(output)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = _compiled(Path(spec), Path(scratch) / package.name)
        shutil.rmtree(package, ignore_errors=True)
        shutil.copytree(fresh, package)


def find_stale(spec: str | os.PathLike[str], output: str | os.PathLike[str]) -> list[str]:
    """Return the files of a compiled package that differ from what its OpenAPI file compiles to now.

    Takes the same arguments as `compile_endpoints` and raises the same errors; writes nothing.
    """
    package = _checked(output)
    with tempfile.TemporaryDirectory() as scratch:
        return differences(_compiled(Path(spec), Path(scratch) / package.name), package)


def differences(left: Path, right: Path) -> list[str]:
    """Return the names of files that differ between two directories or exist in only one of them."""

    def files(root: Path) -> set[str]:
        return {
            str(path.relative_to(root))
            for path in root.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    mine, theirs = files(left), files(right)
    changed = {name for name in mine & theirs if not filecmp.cmp(left / name, right / name, shallow=False)}
    return sorted((mine ^ theirs) | changed)


def _compiled(spec: Path, folder: Path) -> Path:
    with needs_extra("Compiling endpoints", "codegen"):
        for module in ("openapi_python_client", "openapi_spec_validator"):
            import_module(module)
    from mixpanel_export.codegen.endpoints.compile import Package, compile_package

    title = f"Endpoints compiled from `{spec.name}` {_MARK}."
    compile_package(spec, folder, Package(title, facade=_facade(folder.name)))
    return folder


def _facade(name: str) -> str:
    """Return the class that takes a client, of the package with this name."""
    return "".join(word.capitalize() for word in name.split("_"))


def _checked(output: str | os.PathLike[str]) -> Path:
    """Return the directory of the package, if it may be replaced."""
    package = Path(os.path.abspath(output))  # noqa: PTH100
    name = package.name
    if not name.isidentifier() or not name.islower() or keyword.iskeyword(name):
        raise InvalidArgumentError(
            "output", str(output), "expected the directory of a package, named like company_api"
        )
    if name in _IMPORTED or name in sys.stdlib_module_names or _facade(name) in _FACADES:
        raise InvalidArgumentError(
            "output", str(output), "this name is taken; expected another, such as company_api"
        )
    if package.exists():
        init = package / "__init__.py"
        is_ours = init.is_file() and _MARK in init.read_text(encoding="utf-8", errors="replace")
        if not is_ours and (not package.is_dir() or any(package.iterdir())):
            raise InvalidArgumentError(
                "output", str(output), "expected an empty directory, or a package compiled before"
            )
    return package
