"""The project's tasks; `nox -l` lists them.

Plain `nox` runs the tests. `nox -t ci` runs everything else that CI runs. Each session installs what `locks/` pins,
with uv where it is available.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["tests"]
nox.options.reuse_existing_virtualenvs = True
# Pythons that this machine lacks are skipped, with a warning; nox would make that an error where CI is set.
nox.options.error_on_missing_interpreters = False

# The tests start many processes, and none of them should compile every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LOCKS = Path("locks")
# Environments with the project installed, and environments with only their dependency group; `package` is what
# users install with the extra `all`.
WITH_PROJECT = ("contract", "docs", "integrations", "recipes", "spark", "test", "typing")
WITHOUT = ("audit", "bench", "build", "generate", "lint", "lock")
PACKAGE = "package"
# The extras that the extra `all` leaves out, because they are large, by the environment that has them.
OWN_EXTRAS = {"integrations": ("dlt",), "spark": ("spark",)}
MOST_PACKAGES = 12
AZURITE = "azurite@3.37.0"
# The tests that depend most on the Python they run on: sockets, compression, dates, processes.
MOST_DEPENDENT = ("tests/anywhere", "tests/records", "tests/http", "tests/export", "tests/test_package.py")
PYTHONS = ("3.12", "3.13", "3.14")
SPARK_PAGE = "docs/integrations/spark.md"
RECIPE_PAGES = ("docs/integrations/engines.md", "docs/integrations/orchestrators.md")


def install(session: nox.Session, environment: str) -> None:
    """Install the locked packages of an environment, and the project itself where it belongs."""
    session.install("--require-hashes", "-r", str(LOCKS / f"{environment}.txt"))
    if environment in WITH_PROJECT:
        session.install("--no-deps", "--no-build-isolation", "-e", ".")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on cassettes, then the cassette tests on a live sandbox (`-- --live` does only that)."""
    install(session, "test")
    session.run("pytest", *session.posargs)
    if not session.posargs:
        session.run("pytest", "-n0", "tests/cassettes", "--live")


@nox.session(tags=["ci"])
def slow(session: nox.Session) -> None:
    """Run the slow tests, and every property test with more examples."""
    install(session, "test")
    selection = session.posargs or ["-m", "slow or hypothesis", "--hypothesis-profile=thorough"]
    session.run("pytest", *selection)


@nox.session(python=PYTHONS, download_python="never", tags=["ci"])
def pythons(session: nox.Session) -> None:
    """Run a part of the tests on the other Pythons that are here; `-- tests` runs all of them."""
    install(session, "test")
    session.run("pytest", *(session.posargs or MOST_DEPENDENT))


@nox.session
def stores(session: nox.Session) -> None:
    """Export to Azurite, which npm installs, and to Google's storage-testbench, if GCS_TESTBENCH is its URL."""
    install(session, "test")
    folder = Path(session.create_tmp()).resolve() / "npm"
    session.run("npm", "install", "--silent", "--no-save", "--prefix", str(folder), AZURITE, external=True)
    session.env["PATH"] = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    session.run("pytest", "-n0", "-m", "slow", "tests/directory/cloud/test_emulators.py", *session.posargs)


@nox.session
def spark(session: nox.Session) -> None:
    """Read exports and Parquet with Spark, also while executors are killed; needs Java and redis-server."""
    install(session, "spark")
    # One by one: a process keeps the settings of its first Spark.
    for file in ("directory/test_columnar", "integrations/test_spark", "integrations/test_spark_cluster"):
        every = ("-n0", "-m", "slow or not slow", "-k", "spark")
        session.run("pytest", *every, f"tests/{file}.py", *session.posargs)
    session.run("pytest", "-n0", "-p", "tests.docs.blocks", SPARK_PAGE, *session.posargs)


@nox.session
def recipes(session: nox.Session) -> None:
    """Run the recipes for engines, orchestrators and Postgres, which needs Debian's postgresql."""
    install(session, "recipes")
    session.run("pytest", "-n0", "tests/recipes", *session.posargs)
    # Several of these packages warn of themselves.
    blocks = ("-W", "ignore", "-o", "timeout=600", "-p", "tests.docs.blocks")
    session.run("pytest", "-n0", *blocks, *RECIPE_PAGES, *session.posargs)


@nox.session(tags=["ci"])
def integrations(session: nox.Session) -> None:
    """Load exports with the engines, table formats and orchestrators that the docs name."""
    install(session, "integrations")
    session.run("pytest", "-n0", "tests/integrations", *session.posargs)
    ignored = [f"--ignore={page}" for page in (SPARK_PAGE, *RECIPE_PAGES)]
    blocks = ("-p", "tests.docs.blocks", "docs/integrations", *ignored)
    session.run("pytest", "-n0", *blocks, *session.posargs)


@nox.session(tags=["ci"])
def contract(session: nox.Session) -> None:
    """Check the sandbox against the contract with schemathesis."""
    install(session, "contract")
    session.run("pytest", "tests/contract", *session.posargs)


@nox.session(tags=["ci"])
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(tags=["ci"])
def typing(session: nox.Session) -> None:
    """Check types with mypy and pyright, including an application that uses the public API."""
    install(session, "typing")
    session.run("mypy")
    session.run("mypy", "--platform", "win32", "mixpanel_export")
    session.run("pyright")
    session.run("pytest", "-n0", "tests/codegen/test_events.py", "-m", "slow")
    for package in ("mixpanel_export", "mixpanel_export_api"):
        session.run("pyright", "--verifytypes", package, "--ignoreexternal", silent=True)


@nox.session
def generate(session: nox.Session) -> None:
    """Compile spec/openapi.yaml into generated/; `-- --check` only compares."""
    install(session, "generate")
    session.run("python", "-m", "spec.generate", *session.posargs)


@nox.session(name="generate-check", tags=["ci"])
def generate_check(session: nox.Session) -> None:
    """Fail if generated/ differs from what the spec compiles to."""
    install(session, "generate")
    session.run("python", "-m", "spec.generate", "--check")


@nox.session(tags=["ci"])
def breaking(session: nox.Session) -> None:
    """Say whether the changes since the last tag are major, minor or patch; `-- REF` compares with a commit."""
    install(session, "generate")
    session.run("python", "-m", "spec.watch.breaking", *session.posargs)


@nox.session(tags=["ci"])
def upstream(session: nox.Session) -> None:
    """List what Mixpanel publishes and the spec lacks; `-- FOLDER` reads Mixpanel's own OpenAPI files."""
    install(session, "generate")
    session.run("python", "-m", "spec.watch.upstream", *session.posargs)


@nox.session(name="lint-spec", tags=["ci"])
def lint_spec(session: nox.Session) -> None:
    """Lint the contract with Redocly, by the rules in spec/lint/redocly.yaml. Needs Node.js."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        session.skip("Node.js is not installed; the contract is not linted")
    version = str(session.run(node, "--version", external=True, silent=True)).strip()
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < (20, 19):
        session.skip(f"Node.js is {version}, and Redocly needs 20.19 or newer; the contract is not linted")
    folder = Path("spec", "lint").resolve()
    modules = Path(session.create_tmp()).resolve() / "redocly"
    modules.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(folder / name, modules)
    session.run(npm, "ci", "--no-audit", "--no-fund", "--prefix", str(modules), external=True, silent=True)
    redocly = str(modules / "node_modules" / ".bin" / "redocly")
    environment = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    config = ("--config", str(folder / "redocly.yaml"))
    session.run(redocly, "lint", "spec/openapi.yaml", *config, env=environment, external=True)


@nox.session
def record(session: nox.Session) -> None:
    """Record the cassettes again: against the sandbox, or a real project when MIXPANEL_* are set."""
    install(session, "test")
    session.run("pytest", "-n0", "tests/cassettes", "--record-mode=rewrite", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure exports against other ways to get the same events; see benchmarks/README.md."""
    install(session, "test")
    # What we measure against needs older packages than we do.
    others = _new_venv(session, Path(session.create_tmp()).resolve() / "others")
    locked = ("--require-hashes", "-r", str(LOCKS / "bench.txt"))
    session.run(others, "-m", "pip", "install", "--quiet", *locked, external=True)
    session.run("python", "-m", "benchmarks.run", "--others", others, *session.posargs)


@nox.session(tags=["ci"])
def instructions(session: nox.Session) -> None:
    """Fail if the loop over events takes more instructions than its limits in benchmarks/instructions.py."""
    if shutil.which("valgrind") is None:
        session.skip("valgrind is not installed; instructions are not counted")
    install(session, "test")
    session.run("python", "-m", "benchmarks.instructions", "--check", *session.posargs)


@nox.session(tags=["ci"])
def docs(session: nox.Session) -> None:
    """Build the site into site/, and run every code block and example; `-- --serve` previews it."""
    install(session, "docs")
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    if "--serve" in session.posargs:
        session.run("mkdocs", "serve")
        return
    session.run("mkdocs", "build")
    # The page on credentials shows the warning of `SecretAuth`.
    blocks = ("-p", "tests.docs.blocks", "-W", "ignore:.*2027-03-03:DeprecationWarning")
    pages = ("docs", "--ignore=docs/integrations", "README.md", "CONTRIBUTING.md")
    session.run("python", "-m", "pytest", "--dist=loadfile", *blocks, *pages, "tests/docs", *session.posargs)


@nox.session(tags=["ci"])
def build(session: nox.Session) -> None:
    """Build and check the wheel, the sdist and the SBOM in dist/; a second build must give the same bytes."""
    install(session, "build")
    commit_time = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
    environment = {"SOURCE_DATE_EPOCH": str(commit_time).strip()}
    dist, again = Path("dist"), Path(session.create_tmp()) / "again"
    for folder in (dist, again):
        shutil.rmtree(folder, ignore_errors=True)
        command = ("python", "-m", "build", "--no-isolation", "--outdir", str(folder))
        session.run(*command, env=environment, silent=True)
    built = sorted(dist.iterdir())
    for path in built:
        if path.read_bytes() != (again / path.name).read_bytes():
            session.error(f"{path.name} differs when it is built again")
    session.run("twine", "check", "--strict", *map(str, built))
    session.run("check-wheel-contents", str(dist))
    bill = dist / f"{built[0].name.split('-')[0]}.cdx.json"
    what = ("requirements", str(LOCKS / f"{PACKAGE}.txt"), "--pyproject", "pyproject.toml")
    session.run("cyclonedx-py", *what, "--output-reproducible", "--validate", "--output-file", str(bill))
    _run_the_readme(session, next(path for path in built if path.name.endswith(".tar.gz")))


@nox.session(name="release-check", requires=["build"])
def release_check(session: nox.Session) -> None:
    """Do everything for a release except the upload: check the papers and the wheel, then run every other check."""
    described = str(session.run("git", "describe", "--tags", "--always", external=True, silent=True)).strip()
    (wheel,) = Path("dist").glob("*.whl")
    version = wheel.name.split("-")[1]
    changelog = Path("CHANGELOG.md").read_text(encoding="utf-8")
    if f"## [{version}]" in changelog:
        session.log(f"{version}: built from {described}, described in CHANGELOG.md")
    elif re.fullmatch(r"v\d+(\.\d+)*", described):
        session.error(f"CHANGELOG.md has no section [{version}], which the tag {described} releases")
    else:
        session.log(f"{version} is a development version ({described}); tag the commit to release it")
    _install_the_wheel(session, wheel)
    for name in (
        "tests",
        "slow",
        *(f"pythons-{version}" for version in PYTHONS),
        "integrations",
        "contract",
        "lint",
        "lint-spec",
        "typing",
        "generate-check",
        "breaking",
        "upstream",
        "instructions",
        "docs",
        "lock-check",
        "audit",
    ):
        session.notify(name)


def _install_the_wheel(session: nox.Session, wheel: Path) -> None:
    """Install the wheel alone, count what it pulls in, and run the first command with two extras."""
    folder = Path(session.create_tmp()).resolve() / "wheel"
    python = _new_venv(session, folder)
    path = wheel.resolve()
    session.run(python, "-m", "pip", "install", "--quiet", str(path), external=True)
    listed = str(session.run(python, "-m", "pip", "list", "--format=json", external=True, silent=True))
    names = {package["name"].lower() for package in json.loads(listed)} - {"pip", "setuptools"}
    packages = sorted(names - {"mixpanel-export-sdk"})
    if len(packages) > MOST_PACKAGES:
        session.error(f"the base install pulls in {len(packages)} packages: {', '.join(packages)}")
    session.log(f"the base install pulls in {len(packages)} packages: {', '.join(packages)}")
    session.run(python, "-m", "pip", "install", "--quiet", f"{path}[cli,sandbox]", external=True)
    command = str(next(folder.glob("*/mixpanel-export*")))
    export = ("events", "--from", "2024-01-01", "--to", "2024-01-31", "--output", str(folder / "events"))
    session.run(command, *export, "--sandbox", external=True)


def _new_venv(session: nox.Session, folder: Path) -> str:
    """Make an empty environment, and return its Python."""
    session.run("python", "-m", "venv", "--clear", str(folder))
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def _run_the_readme(session: nox.Session, sdist: Path) -> None:
    """Run the README's first command with nothing but the unpacked sdist."""
    folder = Path(session.create_tmp()) / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.unpack_archive(sdist, folder, filter="data")
    (unpacked,) = folder.iterdir()
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    command = re.findall(r"```sh\n(.+?)\n```", readme, re.S)[0]
    with session.chdir(unpacked):
        session.run("bash", "-euc", command, external=True)
        if not list(Path("events").glob("*.jsonl.gz")):
            session.error("the README's first command wrote no events")


@nox.session
def lock(session: nox.Session) -> None:
    """Pin what the sessions install in locks/; `-- --upgrade` takes newer versions."""
    install(session, "lock")
    _lock(session, LOCKS, *session.posargs)


@nox.session(name="lock-check", tags=["ci"])
def lock_check(session: nox.Session) -> None:
    """Fail if locks/ does not match pyproject.toml."""
    install(session, "lock")
    copy = Path(session.create_tmp()) / "locks"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(LOCKS, copy)
    _lock(session, copy)
    stale = [path.name for path in sorted(copy.iterdir()) if path.read_text() != _text(LOCKS / path.name)]
    if stale:
        session.error(f"locks out of date: {', '.join(stale)}. Run `nox -s lock` and commit the result")


def _lock(session: nox.Session, folder: Path, *options: str) -> None:
    # Hashes pin the files themselves, so the locks name no index and work with any.
    common = ["--universal", "--python-version=3.11", "--generate-hashes"]
    common += ["--no-header", "--no-emit-index-url", "--quiet"]
    for environment in (PACKAGE, *WITH_PROJECT, *WITHOUT):
        extras = ["all", *OWN_EXTRAS.get(environment, ())]
        what = ["--group", environment] if environment != PACKAGE else []
        if environment in WITH_PROJECT:
            what += ["--group", "install"]
        if environment not in WITHOUT:
            what += ["pyproject.toml", *(f"--extra={extra}" for extra in extras)]
        target = str(folder / f"{environment}.txt")
        session.run("uv", "pip", "compile", *what, *common, *options, "--output-file", target)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@nox.session
def audit(session: nox.Session) -> None:
    """Check the locked packages for known vulnerabilities. Needs internet access; not part of CI."""
    install(session, "audit")
    for service in ("osv", "pypi"):
        answers: list[str] = []
        for path in sorted(LOCKS.glob("*.txt")):
            answers.append(_audited(session, path, service))
            if _NOT_AUDITED.search(answers[-1]):
                break
        else:
            if not all("No known vulnerabilities found" in said for said in answers):
                session.error("Known vulnerabilities: see above")
            return
        session.warn(f"the advisory service {service} is unreachable")
    session.error("Not audited: no advisory service is reachable")


# pip-audit prints one of these when it could not audit, whatever its exit code.
_NOT_AUDITED = re.compile(r"ConnectionError|ServiceError|could not be audited")


def _audited(session: nox.Session, path: Path, service: str) -> str:
    what = ("--requirement", str(path), "--disable-pip", "--require-hashes", "--strict", "-s", service)
    said = str(session.run("pip-audit", *what, silent=True, success_codes=[0, 1])).strip()
    if skipped := _NOT_AUDITED.search(said):
        session.log(f"{path.name}: not audited ({skipped.group()})")
        return skipped.group()
    session.log(f"{path.name}: {said}")
    return said
