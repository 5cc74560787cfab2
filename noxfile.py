"""The project's tasks; `nox -l` lists them. Each session installs what it needs from a bare Python."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "typing", "generate-check", "tests", "slow", "contract", "docs"]
nox.options.reuse_existing_virtualenvs = True

GROUPS = nox.project.dependency_groups
PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, *groups: str) -> None:
    """The project with all extras, and the named dependency groups."""
    session.install("-e", ".[all]", *GROUPS(PROJECT, *groups))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, on cassettes and again on a live sandbox in their place (`-- --live` does only that)."""
    install(session, "test")
    session.run("pytest", *session.posargs)
    if not session.posargs:
        session.run("pytest", "tests/cassettes", "--live")


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that take longer than a few seconds each."""
    install(session, "test")
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Run the contract against the sandbox with schemathesis: nothing undocumented, everything valid."""
    install(session, "contract")
    session.run("pytest", "tests/contract", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*GROUPS(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typing(session: nox.Session) -> None:
    """Check types with mypy and pyright, the public API's use by an application included."""
    install(session, "typing")
    session.run("mypy")
    session.run("pyright")
    for package in ("mixpanel_export", "mixpanel_export_api"):
        session.run("pyright", "--verifytypes", package, "--ignoreexternal", silent=True)


@nox.session
def generate(session: nox.Session) -> None:
    """Compile spec/openapi.yaml into generated/; `-- --check` only compares."""
    session.install(*GROUPS(PROJECT, "generate"))
    session.run("python", "-m", "spec.generate", *session.posargs)


@nox.session(name="generate-check")
def generate_check(session: nox.Session) -> None:
    """Fail where generated/ differs from what the spec compiles to."""
    session.install(*GROUPS(PROJECT, "generate"))
    session.run("python", "-m", "spec.generate", "--check")


@nox.session
def record(session: nox.Session) -> None:
    """Record the cassettes anew: against the sandbox, or a real project when MIXPANEL_* are set."""
    install(session, "test")
    session.run("pytest", "tests/cassettes", "--record-mode=rewrite", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into site/, and run every block of the papers and every example (`-- --serve` shows it)."""
    install(session, "docs")
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    if "--serve" in session.posargs:
        session.run("mkdocs", "serve")
        return
    session.run("mkdocs", "build", "--quiet")
    blocks = ("-p", "tests.docs.blocks", "-W", "ignore:.*2027-03-03:DeprecationWarning")
    papers = ("docs", "README.md", "CONTRIBUTING.md")
    session.run("python", "-m", "pytest", *blocks, *papers, "tests/docs", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure exports beside other ways to get the same events; see benchmarks/README.md."""
    install(session, "bench")
    session.run("python", "-m", "benchmarks.run", *session.posargs)
