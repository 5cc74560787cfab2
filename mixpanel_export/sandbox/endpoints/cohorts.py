"""The list of saved cohorts, with their current sizes.

https://developer.mixpanel.com/reference/cohorts-list. See `saved.cohorts` for the members, and `profiles` for
reading their profiles.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.saved.cohorts import COHORTS, members_by_cohort

__all__ = ["OPERATIONS"]


async def _list(call: Call) -> Response:
    members = members_by_cohort(call.project.profiles, call.project.events)
    return JSONResponse(
        [
            {
                "id": cohort.id,
                "name": cohort.name,
                "count": len(members[cohort.id]),
                "description": cohort.description,
                "created": cohort.created,
                "is_visible": int(cohort.is_visible),
                "project_id": call.project.credentials.project_id,
            }
            for cohort in COHORTS
        ]
    )


OPERATIONS = (Operation("POST", "query", "/cohorts/list", _list),)
