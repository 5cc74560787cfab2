"""Find paying customers who did nothing in March, by combining profiles and events."""

from __future__ import annotations

from mixpanel_export.sandbox import Sandbox

PAYING_CUSTOMERS = 2001

# For your own project, set MIXPANEL_* and write `with MixpanelClient.from_env() as client:` instead.
with Sandbox(limits=None) as sandbox, sandbox.client() as client:
    customers = {
        profile.distinct_id
        for profile in client.profiles.all(cohort=PAYING_CUSTOMERS, output_properties=["plan"])
    }
    active = {
        event.distinct_id
        for event in client.export.events("2024-03-01", "2024-03-31", fields=["distinct_id"])
    }

print(f"{len(customers - active):,} of {len(customers):,} paying customers did nothing in March")
