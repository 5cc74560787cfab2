"""Count the events of two months at the same time, with the async client."""

from __future__ import annotations

import asyncio
from collections import Counter

from mixpanel_export import AsyncMixpanelClient
from mixpanel_export.sandbox import Sandbox


async def count(client: AsyncMixpanelClient, first: str, last: str) -> Counter[str]:
    """Count the events of a range by name."""
    return Counter([event.name async for event in client.export.events(first, last)])


async def main() -> None:
    """Count both months and print them side by side."""
    # For your own project, set MIXPANEL_* and write `async with AsyncMixpanelClient.from_env() as client:` instead.
    async with Sandbox(limits=None) as sandbox, sandbox.async_client() as client:
        january, february = await asyncio.gather(
            count(client, "2024-01-01", "2024-01-31"), count(client, "2024-02-01", "2024-02-29")
        )
    for name in january | february:
        print(f"{name:16} {january[name]:8,} {february[name]:8,}")


if __name__ == "__main__":
    asyncio.run(main())
