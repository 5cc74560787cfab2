"""Keep a copy up to date. Run it every night: the first run fetches everything, later ones new and late events.

python nightly_copy.py FOLDER [LAST_DAY]
"""

from __future__ import annotations

import logging
import sys

from mixpanel_export.sandbox import Sandbox

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
logging.getLogger("httpx").setLevel(logging.WARNING)

folder = sys.argv[1] if len(sys.argv) > 1 else "copy"
# The sandbox's events are of early 2024. None means yesterday, and moves on every night.
last_day = sys.argv[2] if len(sys.argv) > 2 else "2024-02-01"

# For your own project, set MIXPANEL_* and write `with MixpanelClient.from_env() as client:` instead, and
# make None the last day above.
with Sandbox(limits=None) as sandbox, sandbox.client() as client:
    done = client.export.update_directory(folder, from_date="2024-01-01", to_date=last_day)

logging.info(
    "%s events in %s files in %s; %s slices fetched, %s already complete",
    f"{done.events:,}",
    len(done.files),
    folder,
    done.fetched,
    done.found,
)
