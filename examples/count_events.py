"""Count a month's events by name."""

from __future__ import annotations

from collections import Counter

from mixpanel_export.sandbox import Sandbox

# For your own project, set MIXPANEL_* and write `with MixpanelClient.from_env() as client:` instead.
with Sandbox(limits=None) as sandbox, sandbox.client() as client:
    counts = Counter(event.name for event in client.export.events("2024-01-01", "2024-01-31"))

for name, count in counts.most_common():
    print(f"{count:8,} {name}")
