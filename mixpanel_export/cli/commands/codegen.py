"""`mixpanel-export codegen`: compile a company's own OpenAPI file into typed resources for the client."""

from __future__ import annotations

import click

from mixpanel_export.cli.base import Command
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option

__all__ = ["codegen"]


@click.command(
    "codegen",
    cls=Command,
    connects=False,
    short_help="Compile your own OpenAPI file into typed methods.",
    example="mixpanel-export codegen company.yaml --output company_api",
)
@click.argument("spec", metavar="FILE")
@option(
    "--output",
    metavar="DIRECTORY",
    required=True,
    help="The package to write, named like company_api; one that was compiled before is replaced.",
)
@option(
    "--check",
    is_flag=True,
    help="Write nothing; exit with 1 if the package differs from what FILE compiles to.",
)
@pass_invocation
def codegen(invocation: Invocation, spec: str, output: str, check: bool) -> None:
    """Compile FILE, an OpenAPI file of internal or unpublished endpoints, into a package of typed methods.

    The package `company_api` has the classes CompanyApi and AsyncCompanyApi, which take a client and use its
    credentials, retries and request budgets. Mistakes in FILE are listed with their lines. Needs the extra
    `codegen`.
    """
    from mixpanel_export.codegen.endpoints import compile_endpoints, find_stale
    from mixpanel_export.errors import GenerationError

    if not check:
        compile_endpoints(spec, output)
        invocation.reporter.note(f"Compiled {spec} into {output}")
        return
    stale = find_stale(spec, output)
    if stale:
        shown = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if len(stale) > 3 else "")
        raise GenerationError(
            f"{output} is not what {spec} compiles to: {shown}. Run the command without --check"
        )
    invocation.reporter.note(f"{output} is what {spec} compiles to")
