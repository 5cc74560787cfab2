"""Charts in files: names are shown as they are, whatever matplotlib would make of them."""

from __future__ import annotations

import datetime
import io
import subprocess

import pytest

from mixpanel_export.cli.output.charts import Bars, Lines
from tests.cli.runner import COMMAND, clean_environment

NAMES = ["_hidden", "$a_b$", "a^b", "100 % \\alpha", ""]
DAYS = [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]


def drawn(chart: Lines | Bars, suffix: str = ".svg") -> tuple[str, str | None]:
    """Return a chart with its texts as texts, and the note for the user."""
    import matplotlib as mpl

    from mixpanel_export.cli.output.chart_files import save

    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        note = save(chart, file, suffix)
    return file.getvalue().decode(), note


@pytest.mark.slow
def test_names_in_legends_are_literal() -> None:
    lines = Lines("of $x$", DAYS, {name: [1.0, 2.0] for name in NAMES})
    bars = Bars("of $x$", ["$1$", "_2"], {name: [1.0, 2.0] for name in NAMES}, is_funnel=False)
    for chart in (lines, bars):
        picture, note = drawn(chart)
        assert note is None
        for name in ("of $x$", *NAMES):
            assert f">{name}<" in picture or not name
    assert ">_2<" in picture


def test_characters_without_a_glyph_are_reported() -> None:
    _, note = drawn(Lines("Käufe", DAYS, {"\u8d2d\u4e70": [1.0, 2.0], "x": [1.0, 2.0]}))
    assert note is not None
    assert note.endswith("font lacks: \u4e70\u8d2d")


@pytest.mark.slow
def test_unusable_backends_are_named(tmp_path: object) -> None:
    query = [
        "query",
        "segmentation",
        "query",
        "--event",
        "Purchase",
        "--from",
        "2024-01-01",
        "--to",
        "2024-01-02",
    ]
    result = subprocess.run(
        [*COMMAND, *query, "--sandbox", "--plot", f"{tmp_path}/chart.svg"],
        env=clean_environment({"MPLBACKEND": "nonsense"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("error: MPLBACKEND: 'nonsense' cannot be used")
