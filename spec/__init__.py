"""The contract, and what compiles it (`generate`) and watches it (`watch`)."""

import sys
from pathlib import Path

# `mixpanel_export` needs the compiled package, which is not installed where it is compiled.
sys.path.append(str(Path(__file__).parents[1] / "generated"))
