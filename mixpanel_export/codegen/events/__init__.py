"""Generate a module of typed events from the schema of a project.

`mixpanel-export generate-types` does the same from a shell.

- `generate` returns the text of the module;
- `difference` compares it with a file, and `write` replaces the file.

See `client.export.schema()` for the schema, and `client.export.events(into=…)` for the use of the module.
"""

from mixpanel_export.codegen.events.files import difference, write
from mixpanel_export.codegen.events.module import generate

__all__ = ["difference", "generate", "write"]
