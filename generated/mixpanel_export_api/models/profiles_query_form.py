from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.behavior import Behavior
    from ..models.cohort_filter import CohortFilter


T = TypeVar("T", bound="ProfilesQueryForm")


@_attrs_define
class ProfilesQueryForm:
    """Selection of profiles and properties. Every field is optional."""

    distinct_id: str | Unset = UNSET
    """ Distinct id of a single profile. """
    distinct_ids: list[str] | Unset = UNSET
    """ Distinct ids of the profiles. JSON text on the wire. """
    data_group_id: str | Unset = UNSET
    """ Id of the group key, to read group profiles instead of user profiles. """
    where: str | Unset = UNSET
    """ Expression a profile must match. """
    output_properties: list[str] | Unset = UNSET
    """ Names of the properties to return; all by default. Name a few for smaller answers. JSON text on the wire.
    """
    session_id: str | Unset = UNSET
    """ The `session_id` of page 0. Required for every later page. """
    page: int | Unset = UNSET
    """ Number of the page, counted from 0; 0 by default. """
    behaviors: list[Behavior] | Unset = UNSET
    """ Past behavior of users, for use by name in `where`. Cannot be combined with `filter_by_cohort`. JSON text on
    the wire. """
    as_of_timestamp: int | Unset = UNSET
    """ Unix time in seconds at which to evaluate `behaviors`. Required with them for more than one page, and the
    same on every page. """
    filter_by_cohort: CohortFilter | Unset = UNSET
    """ The cohort whose members to return. Cannot be combined with `behaviors`. JSON text on the wire. """
    include_all_users: bool | Unset = UNSET
    """ False to leave out cohort members that have no profile. True by default. Requires `filter_by_cohort`. """

    def to_dict(self) -> dict[str, Any]:
        distinct_id = self.distinct_id

        distinct_ids: list[str] | Unset = UNSET
        if not isinstance(self.distinct_ids, Unset):
            distinct_ids = self.distinct_ids

        data_group_id = self.data_group_id

        where = self.where

        output_properties: list[str] | Unset = UNSET
        if not isinstance(self.output_properties, Unset):
            output_properties = self.output_properties

        session_id = self.session_id

        page = self.page

        behaviors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.behaviors, Unset):
            behaviors = []
            for behaviors_item_data in self.behaviors:
                behaviors_item = behaviors_item_data.to_dict()
                behaviors.append(behaviors_item)

        as_of_timestamp = self.as_of_timestamp

        filter_by_cohort: dict[str, Any] | Unset = UNSET
        if not isinstance(self.filter_by_cohort, Unset):
            filter_by_cohort = self.filter_by_cohort.to_dict()

        include_all_users = self.include_all_users

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if distinct_id is not UNSET:
            field_dict["distinct_id"] = distinct_id
        if distinct_ids is not UNSET:
            field_dict["distinct_ids"] = distinct_ids
        if data_group_id is not UNSET:
            field_dict["data_group_id"] = data_group_id
        if where is not UNSET:
            field_dict["where"] = where
        if output_properties is not UNSET:
            field_dict["output_properties"] = output_properties
        if session_id is not UNSET:
            field_dict["session_id"] = session_id
        if page is not UNSET:
            field_dict["page"] = page
        if behaviors is not UNSET:
            field_dict["behaviors"] = behaviors
        if as_of_timestamp is not UNSET:
            field_dict["as_of_timestamp"] = as_of_timestamp
        if filter_by_cohort is not UNSET:
            field_dict["filter_by_cohort"] = filter_by_cohort
        if include_all_users is not UNSET:
            field_dict["include_all_users"] = include_all_users

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.behavior import Behavior  # noqa: PLC0415
        from ..models.cohort_filter import CohortFilter  # noqa: PLC0415

        d = dict(src_dict)
        distinct_id = d.pop("distinct_id", UNSET)

        distinct_ids = cast(list[str], d.pop("distinct_ids", UNSET))

        data_group_id = d.pop("data_group_id", UNSET)

        where = d.pop("where", UNSET)

        output_properties = cast(list[str], d.pop("output_properties", UNSET))

        session_id = d.pop("session_id", UNSET)

        page = d.pop("page", UNSET)

        _behaviors = d.pop("behaviors", UNSET)
        behaviors: list[Behavior] | Unset = UNSET
        if _behaviors is not UNSET:
            behaviors = []
            for behaviors_item_data in _behaviors:
                behaviors_item = Behavior.from_dict(behaviors_item_data)

                behaviors.append(behaviors_item)

        as_of_timestamp = d.pop("as_of_timestamp", UNSET)

        _filter_by_cohort = d.pop("filter_by_cohort", UNSET)
        filter_by_cohort: CohortFilter | Unset
        if isinstance(_filter_by_cohort, Unset):
            filter_by_cohort = UNSET
        else:
            filter_by_cohort = CohortFilter.from_dict(_filter_by_cohort)

        include_all_users = d.pop("include_all_users", UNSET)

        profiles_query_form = cls(
            distinct_id=distinct_id,
            distinct_ids=distinct_ids,
            data_group_id=data_group_id,
            where=where,
            output_properties=output_properties,
            session_id=session_id,
            page=page,
            behaviors=behaviors,
            as_of_timestamp=as_of_timestamp,
            filter_by_cohort=filter_by_cohort,
            include_all_users=include_all_users,
        )

        return profiles_query_form
