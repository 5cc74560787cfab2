"""The model `PrivacyJob`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import any_value, integer, moment


class PrivacyJob(Model):
    """A retrieval or deletion job."""

    __slots__ = ()

    _fields = {
        "task_id": "task_id",
        "tracking_id": "tracking_id",
        "status": "status",
        "results": "results",
        "distinct_ids": "distinct_ids",
        "compliance_type": "compliance_type",
        "disclosure_type": "disclosure_type",
        "requesting_user": "requesting_user",
        "project_id": "project_id",
        "date_requested": "date_requested",
    }
    _units = {
        "distinct_ids": "ids",
    }

    def __init__(
        self,
        task_id: str | None = None,
        tracking_id: str | None = None,
        status: str | None = None,
        results: str | None = None,
        distinct_ids: list[str] | None = None,
        compliance_type: str | None = None,
        disclosure_type: str | None = None,
        requesting_user: str | None = None,
        project_id: int | None = None,
        date_requested: datetime.datetime | None = None,
    ) -> None:
        super().__init__()
        self._set("task_id", task_id)
        self._set("tracking_id", tracking_id)
        self._set("status", status)
        self._set("results", results)
        self._set("distinct_ids", distinct_ids)
        self._set("compliance_type", compliance_type)
        self._set("disclosure_type", disclosure_type)
        self._set("requesting_user", requesting_user)
        self._set("project_id", project_id)
        self._set("date_requested", date_requested)

    @property
    def task_id(self) -> str | None:
        """Id of the job, when it was created."""
        value: str | None = self.get("task_id")
        return value

    @property
    def tracking_id(self) -> str | None:
        """Id of the job."""
        value: str | None = self.get("tracking_id")
        return value

    @property
    def status(self) -> str | None:
        """`PENDING`, `STAGING`, `STARTED`, `SUCCESS`, `FAILURE`, `REVOKED`, `NOT_FOUND` or
        `UNKNOWN`."""
        value: str | None = self.get("status")
        return value

    @property
    def results(self) -> str | None:
        """Link to the collected data of a retrieval that has succeeded; empty before."""
        value: str | None = self.get("results")
        return value

    @property
    def distinct_ids(self) -> list[str] | None:
        """Distinct ids of the users."""
        value: list[str] | None = self._values("distinct_ids", any_value)
        return value

    @property
    def compliance_type(self) -> str | None:
        """The law it was requested under."""
        value: str | None = self.get("compliance_type")
        return value

    @property
    def disclosure_type(self) -> str | None:
        """What is disclosed, under the CCPA."""
        value: str | None = self.get("disclosure_type")
        return value

    @property
    def requesting_user(self) -> str | None:
        """The user who requested it."""
        value: str | None = self.get("requesting_user")
        return value

    @property
    def project_id(self) -> int | None:
        """Id of the project."""
        value: int | None = integer(self.get("project_id"))
        return value

    @property
    def date_requested(self) -> datetime.datetime | None:
        """Time of the request."""
        value: datetime.datetime | None = moment(self.get("date_requested"), self._zone)
        return value
