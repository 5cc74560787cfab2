"""Previews for notebooks, and the progress bar."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from mixpanel_export import MixpanelClient, ProgressBar
from mixpanel_export.sandbox import Sandbox
from mixpanel_export_api.runtime.html import preview

DAYS = ("2024-01-01", "2024-01-03")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_results_exports_and_plans_have_previews(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    with mixpanel_sandbox.client() as client:
        shown: list[Any] = [
            client.segmentation.query(event="Purchase", from_date=DAYS[0], to_date=DAYS[1]),
            client.annotations.list(),
            client.export.plan(*DAYS),
            client.export.to_directory(tmp_path, *DAYS),
        ]
    for value in shown:
        html = value._repr_html_()
        assert "<table>" in html
        assert "2024-01-" in html


def test_previews_escape_text_and_name_what_is_left_out() -> None:
    html = preview("<b>", [{"name": "<script>", "n": number} for number in range(25)])
    assert "<script>" not in html
    assert "<b>" not in html
    assert "5 more rows" in html


def test_progress_bar_moves_in_a_terminal_only(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    terminal, log = Terminal(), io.StringIO()

    def export(client: MixpanelClient, bar: ProgressBar) -> None:
        client.export.to_file(tmp_path / "e.jsonl", *DAYS, progress=bar)

    with mixpanel_sandbox.client() as client:
        export(client, ProgressBar(terminal))
        export(client, ProgressBar(log))
        client.profiles.to_file(tmp_path / "p.jsonl", progress=ProgressBar(terminal))
    assert "3 of 3 days" in terminal.getvalue()
    assert "2,150 of 2,150 profiles" in terminal.getvalue()
    assert log.getvalue() == ""
