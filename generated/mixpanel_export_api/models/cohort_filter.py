"""The model `CohortFilter`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer
from .raw_cohort import RawCohort


class CohortFilter(Model):
    """The cohort whose members to return: a saved one by `id`, or a definition as `raw_cohort`.
    Cannot be combined with `behaviors`. JSON text on the wire."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "raw_cohort": "raw_cohort",
    }
    _strict = True

    def __init__(
        self,
        id: int | None = None,
        raw_cohort: RawCohort | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("raw_cohort", raw_cohort)

    @property
    def id(self) -> int | None:
        """Id of the saved cohort."""
        value: int | None = integer(self.get("id"))
        return value

    @property
    def raw_cohort(self) -> RawCohort | None:
        """A cohort that is not saved, defined as Mixpanel's web application defines one."""
        value: RawCohort | None = self._model("raw_cohort", RawCohort)
        return value
