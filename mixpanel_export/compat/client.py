"""`MixpanelQueryClient`: the older client's methods, with its checks and its parameter names.

See `connection` for sending and results, and `checks` for dates.
"""

from __future__ import annotations

import datetime
import weakref
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.compat.auth import Keys, SignatureAuth
from mixpanel_export.compat.checks import check_range, check_word, to_moment
from mixpanel_export.compat.connection import CSV, JSON, Answer, Connection
from mixpanel_export.compat.exceptions import InvalidDataType, InvalidFormatException, InvalidUnitException
from mixpanel_export.dates import to_wall_clock
from mixpanel_export.http.limits import MIXPANEL_LIMITS, Limits, Quota
from mixpanel_export.http.retry import RetryPolicy
from mixpanel_export.http.servers import Region

__all__ = ["MixpanelQueryClient"]

AT_ONCE = Limits(
    export=Quota(concurrent=MIXPANEL_LIMITS.export.concurrent),
    query=Quota(concurrent=MIXPANEL_LIMITS.query.concurrent),
)


class MixpanelQueryClient:
    """The older client: its methods and defaults, returning plain dicts.

    Dates are text, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`. Falsy values are not sent. With `response_format="csv"`
    methods return text. `InvalidDateException`, `InvalidFormatException` and the like are raised before anything
    is sent. `HTTPError` is a failure reported by Mixpanel, and `URLError` one of the connection.

    Args:
        api_key: the project's API key; unused with `SecretAuth`.
        api_secret: the project's API secret.
        timeout: seconds; by default as long as Mixpanel itself takes.
        auth_class: `SignatureAuth` or `SecretAuth`, the class itself.
        base_url: one root for all calls instead of Mixpanel's servers, such as a proxy or the sandbox.
        region: the region that the project lives in, `us`, `eu` or `in`; by default that of `Connection.ENDPOINT`.
        retry: the retry policy for failed calls; the older client had none.
        limits: the request budgets to keep. The default limits only concurrent calls (5 reports, 100 exports),
            because the older client never waited for an hour to pass. `MIXPANEL_LIMITS` keeps all of Mixpanel's
            limits, None keeps none.

    Raises:
        ConfigurationError: (a ValueError) the settings cannot work.
    """

    UNIT_MINUTE = "minute"
    UNIT_HOUR = "hour"
    UNIT_DAY = "day"
    UNIT_WEEK = "week"
    UNIT_MONTH = "month"
    VALID_UNITS = (UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH)

    FORMAT_JSON = JSON
    FORMAT_CSV = CSV
    VALID_RESPONSE_FORMATS = (FORMAT_JSON, FORMAT_CSV)

    DATA_TYPE_GENERAL = "general"
    DATA_TYPE_AVERAGE = "average"
    DATA_TYPE_UNIQUE = "unique"
    VALID_DATA_TYPES = (DATA_TYPE_GENERAL, DATA_TYPE_AVERAGE, DATA_TYPE_UNIQUE)

    def __init__(
        self,
        api_key: str | bytes,
        api_secret: str | bytes,
        timeout: float | None = None,
        auth_class: Callable[[Keys], MixpanelAuth] = SignatureAuth,
        base_url: str | None = None,
        *,
        region: Region | None = None,
        retry: RetryPolicy | None = None,
        limits: Limits | None = AT_ONCE,
    ) -> None:
        self.api_key: str = api_key.decode() if isinstance(api_key, bytes) else api_key
        self.api_secret: str = api_secret.decode() if isinstance(api_secret, bytes) else api_secret
        self.timeout = timeout
        self.auth: MixpanelAuth = auth_class(self)
        self.connection: Connection = Connection(
            self.auth, region=region, base_url=base_url, timeout=timeout, retry=retry, limits=limits
        )
        # The older client had no close().
        weakref.finalize(self, self.connection.close)

    def annotations_list(self, start_date: str, end_date: str, response_format: str = FORMAT_JSON) -> Answer:
        """List annotations by day range: `{"annotations": [{date, project_id, id, description}], error}`."""
        check_range(start_date, end_date)
        params = {"from_date": start_date, "to_date": end_date}
        return self.connection.request("annotations", params, response_format)

    def annotation_create(self, date: str, description: str, response_format: str = FORMAT_JSON) -> Answer:
        """Create an annotation; `{"error": false}`. Not retried when it may already have been created."""
        params = {"date": _wall_clock(date), "description": description}
        return self.connection.request("annotations/create", params, response_format, idempotent=False)

    def annotation_update(
        self, annotation_id: int | str, date: str, description: str, response_format: str = FORMAT_JSON
    ) -> Answer:
        """Change an annotation; `{"error": false}`."""
        params = {"id": annotation_id, "date": _wall_clock(date), "description": description}
        return self.connection.request("annotations/update", params, response_format)

    def annotation_delete(self, annotation_id: int | str, response_format: str = FORMAT_JSON) -> Answer:
        """Delete an annotation; `{"error": false}`."""
        return self.connection.request("annotations/delete", {"id": annotation_id}, response_format)

    def get_events(
        self,
        event_names: Sequence[str],
        unit: str,
        interval: int,
        data_type: str = DATA_TYPE_UNIQUE,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Count events over the last `interval` units: `{"data": {series, values}, legend_size}`."""
        check_word("unit", unit, self.VALID_UNITS, InvalidUnitException)
        self._check_format(response_format)
        check_word("data_type", data_type, self.VALID_DATA_TYPES, InvalidDataType)
        params = {"event": event_names, "unit": unit, "interval": interval, "type": data_type}
        return self.connection.request("events", params, response_format)

    def get_events_top(self, event_name: str, limit: int = 10, response_format: str = FORMAT_JSON) -> Answer:
        """Return the most common properties of an event, like `get_event_properties_top`."""
        return self.get_event_properties_top(event_name, limit, response_format)

    def get_event_top_names(
        self, data_type: str = DATA_TYPE_GENERAL, limit: int = 255, response_format: str = FORMAT_JSON
    ) -> Answer:
        """Return the names of the most common events of the last 31 days as a list."""
        return self._report("events/names", {"type": data_type, "limit": limit}, response_format)

    def get_event_properties(
        self,
        event_name: str,
        property_name: str,
        filter_values: Sequence[Any] | None,
        unit: str,
        interval: int,
        data_type: str = DATA_TYPE_GENERAL,
        limit: int = 255,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Count an event by the values of a property: `{"data": {series, values}, legend_size}`."""
        params = {
            "event": event_name,
            "name": property_name,
            "values": filter_values,
            "unit": unit,
            "interval": interval,
            "type": data_type,
            "limit": limit,
        }
        return self._report("events/properties", params, response_format)

    def get_event_properties_top(
        self, event_name: str, limit: int = 10, response_format: str = FORMAT_JSON
    ) -> Answer:
        """Return the most common properties of an event: `{property: {count}}`."""
        return self._report("events/properties/top", {"event": event_name, "limit": limit}, response_format)

    def get_event_properties_values(
        self,
        event_name: str,
        property_name: str,
        limit: int = 255,
        bucket_id: str | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Return the most common values of a property as a list."""
        params = {"event": event_name, "name": property_name, "limit": limit, "bucket": bucket_id}
        return self._report("events/properties/values", params, response_format)

    def get_funnel_list(self, response_format: str = FORMAT_JSON) -> Answer:
        """List the saved funnels: `[{funnel_id, name}]`."""
        return self._report("funnels/list", {}, response_format)

    def get_funnel_detail(
        self,
        funnel_id: int | str,
        start_date: str | None = None,
        end_date: str | None = None,
        length: int = 14,
        interval: int = 1,
        unit: str = UNIT_DAY,
        on: str | None = None,
        where: str | None = None,
        limit: int | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Return a funnel report: `{meta, data}`. Both dates are required, and `limit` is never sent."""
        del limit
        params = {
            "funnel_id": funnel_id,
            "length": length,
            "interval": interval,
            "unit": unit,
            "on": on,
            "where": where,
        }
        return self._dated("funnels", start_date, end_date, params, response_format)

    def get_segmentation(
        self,
        event_name: str,
        start_date: str,
        end_date: str,
        unit: str = UNIT_DAY,
        on: str | None = None,
        where: str | None = None,
        limit: int | None = None,
        data_type: str = DATA_TYPE_UNIQUE,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Count an event, by a property: `{"data": {series, values}, legend_size}`."""
        params = {
            "event": event_name,
            "unit": unit,
            "on": on,
            "where": where,
            "limit": limit,
            "type": data_type,
        }
        return self._dated("segmentation", start_date, end_date, params, response_format)

    def get_segmentation_numeric(
        self,
        event_name: str,
        start_date: str,
        end_date: str,
        on: str,
        unit: str = UNIT_DAY,
        where: str | None = None,
        buckets: int | None = None,
        data_type: str = DATA_TYPE_UNIQUE,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Count an event by numeric ranges: like `get_segmentation`, with segments such as `2,000 - 2,100`."""
        params = {
            "event": event_name,
            "unit": unit,
            "on": on,
            "where": where,
            "buckets": buckets,
            "type": data_type,
        }
        return self._dated("segmentation/numeric", start_date, end_date, params, response_format)

    def get_segmentation_sum(
        self,
        event_name: str,
        start_date: str,
        end_date: str,
        on: str,
        unit: str = UNIT_DAY,
        where: str | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Sum a number over the events of each day or hour: `{status, results: {date: number}}`."""
        params = {"event": event_name, "unit": unit, "on": on, "where": where}
        return self._dated("segmentation/sum", start_date, end_date, params, response_format)

    def get_segmentation_average(
        self,
        event_name: str,
        start_date: str,
        end_date: str,
        unit: str = UNIT_DAY,
        on: str | None = None,
        where: str | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Average a number over the events of each day or hour: `{status, results: {date: number}}`."""
        params = {"event": event_name, "unit": unit, "on": on, "where": where}
        return self._dated("segmentation/average", start_date, end_date, params, response_format)

    def get_segmentation_multiseg(
        self,
        event_name: str,
        start_date: str,
        end_date: str,
        unit: str = UNIT_DAY,
        inner: str | None = None,
        outer: str | None = None,
        data_type: str = DATA_TYPE_GENERAL,
        where: str | None = None,
        limit: int | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Count an event by two properties, the top `limit` of each. Not documented by Mixpanel."""
        params = {
            "event": event_name,
            "unit": unit,
            "inner": inner,
            "outer": outer,
            "where": where,
            "type": data_type,
            "limit": limit,
        }
        return self._dated("segmentation/multiseg", start_date, end_date, params, response_format)

    def get_engage(
        self,
        where: str | None = None,
        session_id: str | None = None,
        page: int | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Answer:
        """Return one page of profiles: `{page, page_size, session_id, status, total, results}`.

        Use `ConcurrentPaginator(client.get_engage).fetch_all()` to read all pages.
        """
        params = {"where": where, "session_id": session_id, "page": page}
        return self.connection.request("engage", params, response_format)

    def get_export(
        self,
        start_date: str,
        end_date: str,
        event: str | Sequence[str] | None = None,
        where: str | None = None,
        bucket_id: str | None = None,
        response_format: str = FORMAT_JSON,
    ) -> Generator[Answer]:
        """Yield the raw events of a range of days, as dicts `{"event": …, "properties": {…}}`.

        A generator, so even invalid dates raise only at the first `next()`. The range is one request. It is
        received completely, retried if it breaks off, and delivered in flat memory once complete; otherwise an
        exception is raised.
        """
        days = check_range(start_date, end_date)
        params = {
            "from_date": start_date,
            "to_date": end_date,
            "event": [event] if isinstance(event, str) else event,
            "where": where,
            "bucket": bucket_id,
        }
        yield from self.connection.export(days, params, response_format)

    def _report(self, method_name: str, params: Mapping[str, Any], response_format: str) -> Answer:
        self._check_format(response_format)
        return self.connection.request(method_name, params, response_format)

    def _dated(
        self,
        method_name: str,
        start_date: str | None,
        end_date: str | None,
        params: Mapping[str, Any],
        response_format: str,
    ) -> Answer:
        self._check_format(response_format)
        check_range(start_date, end_date)
        named = {**params, "from_date": start_date, "to_date": end_date}
        return self.connection.request(method_name, named, response_format)

    def _check_format(self, response_format: str) -> None:
        check_word("response_format", response_format, self.VALID_RESPONSE_FORMATS, InvalidFormatException)


def _wall_clock(date: str) -> str:
    return to_wall_clock("date", to_moment("date", date), datetime.UTC)
