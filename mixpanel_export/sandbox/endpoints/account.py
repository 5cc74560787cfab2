"""Calls of the app family that are not bound to a project: the caller, and privacy requests.

https://developer.mixpanel.com/reference/gdpr-api; Mixpanel does not document the first. See `saved.privacy` for the
jobs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.annotations import read_body
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.saved.privacy import Job, JobKind

__all__ = ["OPERATIONS"]

_ORGANIZATION = 900001
_Ids = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1, max_length=2000)
]


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    distinct_ids: _Ids
    compliance_type: Literal["GDPR", "CCPA"] = "GDPR"


class _RetrievalRequest(_Request, forbid_unknown_fields=True):
    disclosure_type: Literal["Data", "Categories", "Sources"] = "Data"


async def _me(call: Call) -> Response:
    credentials = call.project.credentials
    project, workspace = credentials.project_id, credentials.workspace_id
    return JSONResponse(
        {
            "status": "ok",
            "results": {
                "user_id": 3000001,
                "user_name": "Sandbox",
                "user_email": credentials.username,
                "organizations": {str(_ORGANIZATION): {"id": _ORGANIZATION, "name": "Sandbox Inc."}},
                "projects": {
                    str(project): {
                        "id": project,
                        "name": "Sample shop",
                        "organization_id": _ORGANIZATION,
                        "timezone": "UTC",
                    }
                },
                "workspaces": {
                    str(workspace): {"id": workspace, "name": "All project data", "project_id": project}
                },
            },
        }
    )


async def _create_retrieval(call: Call) -> Response:
    sent = await read_body(call, _RetrievalRequest)
    return _created(call, "retrieval", sent)


async def _create_deletion(call: Call) -> Response:
    return _created(call, "deletion", await read_body(call, _Request))


def _created(call: Call, kind: JobKind, sent: _Request) -> Response:
    job = call.project.privacy_jobs.create(kind, sent.distinct_ids, sent.compliance_type)
    return JSONResponse({"status": "ok", "results": {"task_id": job.id}}, 201)


async def _get_retrieval(call: Call) -> Response:
    job = call.project.privacy_jobs.look("retrieval", call.request.path_params["tracking_id"])
    link = f"https://example.com/retrievals/{job.id}.zip" if job.status == "SUCCESS" else ""
    return _ok({"status": job.status, "results": link, "distinct_ids": job.distinct_ids})


async def _get_deletion(call: Call) -> Response:
    job = call.project.privacy_jobs.look("deletion", call.request.path_params["tracking_id"])
    return _ok(_deletion(call, job))


def _deletion(call: Call, job: Job) -> dict[str, Any]:
    return {
        "tracking_id": job.id,
        "status": job.status,
        "requesting_user": "sandbox@example.com",
        "compliance_type": job.compliance_type,
        "project_id": call.project.credentials.project_id,
        "date_requested": "2024-04-01T12:00:00",
        "distinct_ids": job.distinct_ids,
    }


async def _cancel(call: Call) -> Response:
    call.project.privacy_jobs.cancel(call.request.path_params["tracking_id"])
    return Response(status_code=204)


def _ok(results: object) -> Response:
    return JSONResponse({"status": "ok", "results": results})


OPERATIONS = (
    Operation("GET", "account", "/me", _me),
    Operation("POST", "account", "/data-retrievals/v3.0", _create_retrieval),
    Operation("GET", "account", "/data-retrievals/v3.0/{tracking_id}", _get_retrieval),
    Operation("POST", "account", "/data-deletions/v3.0", _create_deletion),
    Operation("GET", "account", "/data-deletions/v3.0/{tracking_id}", _get_deletion),
    Operation("DELETE", "account", "/data-deletions/v3.0/{tracking_id}", _cancel),
)
