"""Privacy requests of a sandbox: jobs that take a step each time somebody asks for their status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import define, field

from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal

__all__ = ["Job", "JobKind", "PrivacyJobs"]

JobKind: TypeAlias = Literal["retrieval", "deletion"]

_NEXT: Final = {"PENDING": "STARTED", "STARTED": "SUCCESS"}
_FIRST_ID: Final = 1583792934719392965


@define
class Job:
    """A retrieval or deletion."""

    id: str
    kind: JobKind
    distinct_ids: Sequence[str]
    compliance_type: str
    status: str = "PENDING"


@define
class PrivacyJobs:
    """All jobs, by id. Nothing is deleted or collected: the sample's data is shared and immutable."""

    _jobs: dict[str, Job] = field(factory=dict[str, Job], init=False)

    def create(self, kind: JobKind, distinct_ids: Sequence[str], compliance_type: str) -> Job:
        """Start a job."""
        job = Job(str(_FIRST_ID + len(self._jobs)), kind, distinct_ids, compliance_type)
        self._jobs[job.id] = job
        return job

    def look(self, kind: JobKind, job_id: str) -> Job:
        """Return a job, which then goes on.

        Raises:
            Refusal: 404 if it does not exist.
        """
        job = self._jobs.get(job_id)
        if job is None or job.kind != kind:
            raise Refusal(404, f"no {kind} has the id {job_id}")
        seen = Job(job.id, job.kind, job.distinct_ids, job.compliance_type, job.status)
        job.status = _NEXT.get(job.status, job.status)
        return seen

    def cancel(self, job_id: str) -> None:
        """Cancel a deletion that has not started.

        Raises:
            Refusal: 404 if it does not exist, 400 if it has started.
        """
        job = self._jobs.get(job_id)
        if job is None or job.kind != "deletion":
            raise Refusal(404, f"no deletion has the id {job_id}")
        if job.status != "PENDING":
            raise BadRequest(f"the deletion has the status {job.status} and cannot be cancelled")
        job.status = "REVOKED"
