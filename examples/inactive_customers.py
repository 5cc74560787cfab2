"""Find paying customers who did nothing in March, by combining profiles and events."""

from __future__ import annotations

from project import open_client

PAYING_CUSTOMERS = 2001

with open_client() as client:
    customers = {
        profile.distinct_id
        for profile in client.profiles.all(cohort=PAYING_CUSTOMERS, output_properties=["plan"])
    }
    active = {
        event.distinct_id
        for event in client.export.events("2024-03-01", "2024-03-31", fields=["distinct_id"])
    }

print(f"{len(customers - active):,} of {len(customers):,} paying customers did nothing in March")
