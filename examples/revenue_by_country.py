"""Load a report into a Polars data frame: weekly purchases by country."""

from __future__ import annotations

from mixpanel_export import prop
from mixpanel_export.sandbox import Sandbox

# For your own project, set MIXPANEL_* and write `with MixpanelClient.from_env() as client:` instead.
with Sandbox(limits=None) as sandbox, sandbox.client() as client:
    report = client.segmentation.query(
        event="Purchase",
        from_date="2024-01-01",
        to_date="2024-03-31",
        unit="week",
        type="general",
        on=prop("mp_country_code"),
        where=prop("revenue") > 0,
    )

frame = report.to_polars()
print(frame.pivot(on="segment", index="date", values="value").sort("date"))
