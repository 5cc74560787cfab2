"""What a call refuses before anything is sent, and how the rest looks on the wire."""

from __future__ import annotations

import datetime
import json
import types
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixpanel_export import (
    APIError,
    ExpressionError,
    InvalidArgumentError,
    MixpanelClient,
    ServiceAccountAuth,
    prop,
)
from mixpanel_export_api.models import Behavior, CohortFilter, EventSelector, JqlParams
from tests.recording_server import PROJECT, Ask, Server

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
MARCH: dict[str, Any] = {"from_date": "2024-03-01", "to_date": "2024-03-31"}
PAGE = {"page": 0, "page_size": 1000, "results": []}
SERIES = {"data": {"series": [], "values": {}}, "legend_size": 0}

Use = Callable[[Any], Any]


def segmentation(**arguments: Any) -> Use:
    return lambda client: client.segmentation.query(**{"event": "Signup", **MARCH, **arguments})


def counts(**arguments: Any) -> Use:
    given = {"event": ["Signup"], "type": "general", "unit": "day", "interval": 7, **arguments}
    return lambda client: client.events.query(**given)


def values(**arguments: Any) -> Use:
    given = {"event": "Signup", "name": "plan", "type": "general", "unit": "day", "interval": 7, **arguments}
    return lambda client: client.events.properties(**given)


def funnel(**arguments: Any) -> Use:
    return lambda client: client.funnels.query(**{"funnel_id": 1, **MARCH, **arguments})


def retention(**arguments: Any) -> Use:
    return lambda client: client.retention.query(**{"born_event": "Signup", **MARCH, **arguments})


def profiles(**arguments: Any) -> Use:
    return lambda client: client.profiles.query(**arguments)


def raw(**arguments: Any) -> Use:
    return lambda client: client.export.raw(**{**MARCH, **arguments})


def annotation(**arguments: Any) -> Use:
    given = {"date": "2024-03-01 09:00:00", "description": "Launch", **arguments}
    return lambda client: client.annotations.create(**given)


def jql(**arguments: Any) -> Use:
    return lambda client: client.jql.query(**{"script": "function main() {}", **arguments})


def schema(**arguments: Any) -> Use:
    return lambda client: client.schemas.get(**{"entity_type": "event", "name": "Signup", **arguments})


# Refusals


@pytest.mark.parametrize(
    ("use", "argument", "words"),
    [
        # enumerations
        (segmentation(unit="fortnight"), "unit", "'minute', 'hour', 'day', 'week', 'month'"),
        (segmentation(unit="Day"), "unit", "'day'"),
        (segmentation(unit=""), "unit", "'day'"),
        (segmentation(unit=1), "unit", "'day'"),
        (segmentation(unit=["day"]), "unit", "'day'"),
        (segmentation(type="median"), "type", "'general', 'unique', 'average'"),
        (schema(entity_type="group"), "entity_type", "'event', 'profile'"),
        # whole numbers and their bounds
        (segmentation(limit=0), "limit", "a number from 1 to 10000"),
        (segmentation(limit=-5), "limit", "a number from 1 to 10000"),
        (raw(limit=0), "limit", "a number from 1 to 100000"),
        (raw(limit=100_001), "limit", "a number from 1 to 100000"),
        (profiles(page=-1), "page", "a number from 0"),
        (segmentation(limit=True), "limit", "an integer"),
        (segmentation(limit=10.0), "limit", "an integer"),
        (segmentation(limit="10"), "limit", "an integer"),
        (lambda client: client.insights.query(bookmark_id="7"), "bookmark_id", "an integer"),
        (lambda client: client.annotations.get(annotation_id=False), "annotation_id", "an integer"),
        # booleans
        (raw(time_in_ms=1), "time_in_ms", "True or False"),
        (raw(time_in_ms="true"), "time_in_ms", "True or False"),
        (profiles(include_all_users=0), "include_all_users", "True or False"),
        # text
        (segmentation(event=""), "event", "must not be empty"),
        (segmentation(event=7), "event", "text"),
        (segmentation(event=b"Signup"), "event", "text"),
        (segmentation(event=["Signup"]), "event", "text"),
        (segmentation(event="half \ud83c"), "event", "text"),
        (segmentation(where=7), "where", "text"),
        (segmentation(where=b"true"), "where", "text"),
        (profiles(session_id=7), "session_id", "text"),
        # lists
        (counts(event=[]), "event", "must not be empty"),
        (counts(event="Signup"), "event", "a list"),
        (counts(event={"Signup"}), "event", "a list"),
        (counts(event=iter(["Signup"])), "event", "a list"),
        (counts(event={"Signup": 1}), "event", "a list"),
        (counts(event=["Signup", 7]), r"event\[1\]", "text"),
        (counts(event=["Signup", ""]), r"event\[1\]", "must not be empty"),
        (raw(event=[""]), r"event\[0\]", "must not be empty"),
        (profiles(distinct_ids=[""]), r"distinct_ids\[0\]", "must not be empty"),
        (counts(event=[None]), r"event\[0\]", "text"),
        (counts(event=[["Signup"]]), r"event\[0\]", "text"),
        (profiles(distinct_ids=[]), "distinct_ids", "must not be empty"),
        (profiles(distinct_ids=["a", 7]), r"distinct_ids\[1\]", "text"),
        (profiles(behaviors=[]), "behaviors", "must not be empty"),
        (annotation(tags=["1"]), r"tags\[0\]", "an integer"),
        (annotation(tags=[True]), r"tags\[0\]", "an integer"),
        # what is required
        (segmentation(event=None), "event", "required"),
        (segmentation(from_date=None), "from_date", "required"),
        (counts(type=None), "type", "required"),
        (jql(script=None), "script", "required"),
        (annotation(description=None), "description", "required"),
        (schema(name=None), "name", "required"),
        # dates, and ranges
        (segmentation(from_date="2024-3-1"), "from_date", "YYYY-MM-DD"),
        (segmentation(to_date=20240331), "to_date", "YYYY-MM-DD"),
        (segmentation(from_date="2024-04-01"), "from_date", "expected a day up to to_date, 2024-03-31"),
        (raw(to_date="2999-01-01"), "to_date", "a day up to today"),
        (
            counts(interval=None, from_date="2024-04-01", to_date="2024-03-31"),
            "from_date",
            "expected a day up to to_date",
        ),
        (annotation(date="2024-03"), "date", "2024-01-31 09:30:00"),
        (
            lambda client: client.annotations.list(from_date="2024-04-01", to_date="2024-03-01"),
            "from_date",
            "expected a day up to to_date",
        ),
        (
            lambda client: client.legacy.annotations_create(date="tomorrow", description="x"),
            "date",
            "2024-01-31 09:30:00",
        ),
        # objects
        (profiles(filter_by_cohort=[("id", 1)]), "filter_by_cohort", "a mapping"),
        (profiles(filter_by_cohort=12), "filter_by_cohort", "a mapping"),
        (profiles(filter_by_cohort={}), "filter_by_cohort", "a mapping with 'id'"),
        (profiles(filter_by_cohort={"ID": 1}), "filter_by_cohort", "a mapping with 'id'"),
        (profiles(filter_by_cohort={"id": 1, "name": "x"}), "filter_by_cohort", "no 'name'"),
        (profiles(filter_by_cohort=Behavior(name="x")), "filter_by_cohort", "a CohortFilter"),
        (profiles(behaviors={"window": "30d"}), "behaviors", "a list"),
        (profiles(behaviors=["30d"]), r"behaviors\[0\]", "a mapping"),
        (profiles(behaviors=[CohortFilter(id=1)]), r"behaviors\[0\]", "a Behavior"),
        (profiles(behaviors=[{}, {"event_selectors": 7}]), r"behaviors\[1\]\.event_selectors", "a list"),
        (
            profiles(behaviors=[{"event_selectors": ["Signup"]}]),
            r"behaviors\[0\]\.event_selectors\[0\]",
            "a mapping",
        ),
        (profiles(filter_by_cohort={"id": "12"}), r"filter_by_cohort\.id", "an integer"),
        (profiles(filter_by_cohort=CohortFilter(id="12")), r"filter_by_cohort\.id", "an integer"),  # type: ignore[arg-type]
        (profiles(filter_by_cohort={"id": None}), r"filter_by_cohort\.id", "an integer"),
        (profiles(behaviors=[{"window": 30}]), r"behaviors\[0\]\.window", "text"),
        (
            profiles(behaviors=[Behavior(event_selectors=["Signup"])]),  # type: ignore[list-item]
            r"behaviors\[0\]\.event_selectors\[0\]",
            "a mapping",
        ),
        (jql(params=["a"]), "params", "a mapping"),
        (jql(params={"day": datetime.date(2024, 3, 1)}), "params", "not JSON"),
        (jql(params={"ratio": float("nan")}), "params", "not JSON"),
        # what does not go together
        (counts(**MARCH), "interval", "together with from_date and to_date"),
        (values(to_date="2024-03-31"), "interval", "together with from_date and to_date"),
        (counts(interval=None), "from_date", "required unless interval= is given"),
        (
            values(interval=None, from_date="2024-03-01"),
            "to_date",
            "required unless interval= is given",
        ),
        (counts(type="unique", unit="hour"), "unit", "not counted by the hour"),
        (values(type="unique", unit="minute"), "unit", "not counted by the hour"),
        (segmentation(type="unique", unit="hour"), "unit", "not counted by the hour"),
        (funnel(length=91, length_unit="day"), "length", "90 days at the most"),
        (funnel(length=90 * 24 + 1, length_unit="hour"), "length", "90 days at the most"),
        (funnel(length=90 * 24 * 60 + 1, length_unit="minute"), "length", "90 days at the most"),
        (funnel(length=90 * 24 * 60 * 60 + 1), "length", "90 days at the most"),
        (retention(born_event=None), "born_event", "unless retention_type is 'compounded'"),
        (retention(born_event=None, retention_type="birth"), "born_event", "required"),
        (profiles(page=1), "page", "it needs the session_id"),
        (lambda client: client.legacy.engage(page=1), "page", "it needs the session_id"),
        (
            profiles(behaviors=[{"name": "x"}], filter_by_cohort={"id": 1}),
            "behaviors",
            "together with filter_by_cohort",
        ),
        # what no URL can say
        (schema(name=".."), "name", "cannot be part of a URL path"),
        (schema(name="."), "name", "cannot be part of a URL path"),
        (counts(event=["x" * 1000] * 70), "event", "fits into a URL"),
        (segmentation(event="x" * 70_000), "event", "fits into a URL"),
        (schema(name="x" * 70_000), "url", "fits into a URL"),
    ],
)
def test_a_wrong_argument_is_refused_and_nothing_is_sent(
    client: MixpanelClient, server: Server, use: Use, argument: str, words: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=rf"(?s)^{argument}: .*{words}") as caught:
        use(client)
    assert isinstance(caught.value, ValueError)
    assert server.requests == []


@pytest.mark.parametrize(
    "use",
    [
        counts(interval=None, **MARCH),
        counts(type="unique", unit="week"),
        counts(type="general", unit="minute"),
        segmentation(interval=7, type="unique"),
        segmentation(interval=7, type="unique", unit="day"),
        funnel(length=90, length_unit="day"),
        funnel(length=91),
        retention(born_event=None, retention_type="compounded"),
        retention(interval=90),
        retention(interval=12, unit="week"),
        profiles(page=1, session_id="s"),
        profiles(behaviors=[{"event_selectors": [{"event": "A", "selector": prop("x") == 1}]}]),
        lambda client: client.annotations.list(from_date="2999-01-01", to_date="2999-12-31"),
        lambda client: client.legacy.annotations_list(from_date="2999-01-01", to_date="2999-12-31"),
    ],
)
def test_arguments_that_go_together_are_sent(client: MixpanelClient, server: Server, use: Use) -> None:
    server.answers({}, status=402)
    with pytest.raises(APIError):
        use(client)
    assert server.only


def test_expressions_within_objects_are_checked_first(client: MixpanelClient, server: Server) -> None:
    wrong = [{"event_selectors": [{"event": "A", "selector": "properties["}]}]
    with pytest.raises(ExpressionError, match=r"behaviors\[0\]\.event_selectors\[0\]\.selector"):
        profiles(behaviors=wrong)(client)
    assert server.requests == []


def test_both_clients_refuse_alike(ask: Ask, server: Server) -> None:
    for use in (segmentation(limit=True), profiles(filter_by_cohort={}), raw(to_date="2999-01-01")):
        with pytest.raises(InvalidArgumentError):
            ask(ACCOUNT, use)
    assert server.requests == []


def test_an_unknown_argument_is_a_type_error(client: MixpanelClient, server: Server) -> None:
    with pytest.raises(TypeError, match="colour"):
        segmentation(colour="red")(client)
    with pytest.raises(TypeError):
        client.events.names("general")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="project_id"):
        segmentation(project_id=1)(client)
    assert server.requests == []


# On the wire


def test_none_is_left_out(client: MixpanelClient, server: Server) -> None:
    server.answers(SERIES)
    segmentation(on=None, unit=None, interval=None, where=None, limit=None, type=None)(client)
    assert server.only.query == {
        "project_id": str(PROJECT),
        "workspace_id": "42",
        "event": "Signup",
        "from_date": "2024-03-01",
        "to_date": "2024-03-31",
    }


def test_every_argument_is_sent_under_the_name_the_api_knows(client: MixpanelClient, server: Server) -> None:
    server.answers(SERIES)
    segmentation(
        from_date=datetime.date(2024, 3, 1),
        on='properties["plan"]',
        unit="week",
        interval=2,
        where='properties["n"] > 1 and "ü" in properties["&x=+"]',
        limit=5,
        type="unique",
    )(client)
    assert server.only.method == "GET"
    assert server.only.path == "/api/query/segmentation"
    assert server.only.query == {
        "project_id": str(PROJECT),
        "workspace_id": "42",
        "event": "Signup",
        "from_date": "2024-03-01",
        "to_date": "2024-03-31",
        "on": 'properties["plan"]',
        "unit": "week",
        "interval": "2",
        "where": 'properties["n"] > 1 and "ü" in properties["&x=+"]',
        "limit": "5",
        "type": "unique",
    }


@pytest.mark.parametrize("names", [["Signup", "Überraschung, 購入", '"&=+'], ("Signup",)])
def test_a_list_in_the_query_is_one_json_text(
    client: MixpanelClient, server: Server, names: list[str] | tuple[str, ...]
) -> None:
    server.answers(SERIES)
    counts(event=names)(client)
    assert json.loads(server.only.query["event"]) == list(names)


@pytest.mark.parametrize(("flag", "text"), [(True, "true"), (False, "false")])
def test_a_boolean_is_true_or_false_in_lower_case(
    client: MixpanelClient, server: Server, flag: bool, text: str
) -> None:
    server.answers("", content_type="text/plain")
    raw(time_in_ms=flag, event=["Signup"], limit=100_000, bucket="b1")(client)
    assert server.only.query == {
        "project_id": str(PROJECT),
        "from_date": "2024-03-01",
        "to_date": "2024-03-31",
        "event": '["Signup"]',
        "limit": "100000",
        "time_in_ms": text,
        "bucket": "b1",
    }
    server.requests.clear()
    server.answers(PAGE)
    profiles(include_all_users=flag, filter_by_cohort={"id": 9})(client)
    assert server.only.form == {"include_all_users": text, "filter_by_cohort": '{"id": 9}'}


def test_a_form_goes_into_the_body_and_bound_ids_into_the_query(
    client: MixpanelClient, server: Server
) -> None:
    server.answers(PAGE)
    profiles(
        distinct_ids=["zoë", "2"],
        where='properties["n"] > 1 + 1',
        output_properties=["$email", "größe"],
        page=0,
        session_id="a&b=c",
        as_of_timestamp=1_704_067_200,
        data_group_id="",
    )(client)
    assert server.only.method == "POST"
    assert server.only.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert server.only.query == {"project_id": str(PROJECT), "workspace_id": "42"}
    form = server.only.form
    assert json.loads(form.pop("distinct_ids")) == ["zoë", "2"]
    assert json.loads(form.pop("output_properties")) == ["$email", "größe"]
    assert form == {
        "where": 'properties["n"] > 1 + 1',
        "page": "0",
        "session_id": "a&b=c",
        "as_of_timestamp": "1704067200",
        "data_group_id": "",
    }


def test_a_form_without_fields_is_an_empty_body(client: MixpanelClient, server: Server) -> None:
    server.answers(PAGE)
    profiles()(client)
    assert server.only.body == b""


def test_an_empty_list_is_sent_where_the_contract_allows_one(client: MixpanelClient, server: Server) -> None:
    server.answers(PAGE)
    profiles(output_properties=[])(client)
    assert server.only.form == {"output_properties": "[]"}


BEHAVIOR = {
    "window": "30d",
    "name": "signups",
    "event_selectors": [{"event": "Signup", "selector": 'properties["ü"] == 1'}, {"event": "Login"}],
}


@pytest.mark.parametrize(
    "behavior",
    [
        BEHAVIOR,
        types.MappingProxyType(BEHAVIOR),
        Behavior(
            window="30d",
            name="signups",
            event_selectors=[
                EventSelector(event="Signup", selector='properties["ü"] == 1'),
                EventSelector(event="Login"),
            ],
        ),
        Behavior.from_dict(BEHAVIOR),
    ],
    ids=["dict", "another mapping", "model", "model from a dict"],
)
def test_behaviors_may_be_mappings_or_models(
    client: MixpanelClient, server: Server, behavior: Behavior | dict[str, Any]
) -> None:
    server.answers(PAGE)
    profiles(behaviors=[behavior, {"name": "other", "window": "1d", "new_in_2030": [1]}])(client)
    assert json.loads(server.only.form["behaviors"]) == [
        BEHAVIOR,
        {"name": "other", "window": "1d", "new_in_2030": [1]},
    ]


@pytest.mark.parametrize("cohort", [{"id": 12}, CohortFilter(id=12)], ids=["dict", "model"])
def test_a_cohort_filter_may_be_a_mapping_or_a_model(
    client: MixpanelClient, server: Server, cohort: CohortFilter | dict[str, int]
) -> None:
    server.answers(PAGE)
    profiles(filter_by_cohort=cohort)(client)
    assert server.only.form == {"filter_by_cohort": '{"id": 12}'}


def test_the_parameters_of_a_script_are_json_text(client: MixpanelClient, server: Server) -> None:
    params = {"from": "2024-03-01", "events": ["Signup", {"ü": None}], "n": 1.5, "deep": {"a": [True]}}
    from_dict = JqlParams.from_dict(params)
    server.answers([])
    for given_params in (params, from_dict):
        jql(script="function main() { return [params.n + 1] }", params=given_params)(client)
    for request in server.requests:
        assert request.form["script"] == "function main() { return [params.n + 1] }"
        assert json.loads(request.form["params"]) == params


def test_a_json_body_is_sent_as_json(client: MixpanelClient, server: Server) -> None:
    answer = {"results": {"id": 5, "date": "2024-03-01 09:00:00", "description": "Größe ☕"}}
    server.answers(answer, status=201)
    made = annotation(date=datetime.datetime(2024, 3, 1, 9, tzinfo=datetime.UTC), description="Größe ☕")(
        client
    )
    assert made.results.description == "Größe ☕"
    assert server.only.method == "POST"
    assert server.only.headers["Content-Type"] == "application/json"
    assert json.loads(server.only.body) == {"date": "2024-03-01 09:00:00", "description": "Größe ☕"}


def test_an_app_call_has_its_project_only_in_the_path(client: MixpanelClient, server: Server) -> None:
    server.answers({"results": []})
    client.annotations.list(from_date="2024-03-01", to_date=datetime.date(2024, 3, 31))
    assert server.only.path == f"/api/app/projects/{PROJECT}/annotations"
    assert server.only.query == {"fromDate": "2024-03-01", "toDate": "2024-03-31"}


@pytest.mark.parametrize("name", ["Signup", "a/b", "100% ünïque?", "#1", "..a", "&x=y", "a b+c", "$user"])
def test_a_name_in_the_path_arrives_whole(client: MixpanelClient, server: Server, name: str) -> None:
    server.answers({})
    schema(name=name)(client)
    assert server.only.path == f"/api/app/projects/{PROJECT}/schemas/event/{name}"
    assert server.only.query == {}
    segments = server.only.target.split("/")
    assert len(segments) == len(f"/api/app/projects/{PROJECT}/schemas/event/x".split("/"))


def test_an_expression_object_is_sent_as_its_text(client: MixpanelClient, server: Server) -> None:
    class Ours:
        def to_expression(self) -> str:
            return 'properties["plan"] == "pro"'

    server.answers(SERIES)
    segmentation(where=Ours(), on=Ours())(client)
    assert server.only.query["where"] == server.only.query["on"] == 'properties["plan"] == "pro"'


def test_a_bound_workspace_is_sent_with_query_calls_only(ask: Ask, server: Server) -> None:
    server.answers([])
    use: Use = lambda client: client.funnels.list()  # noqa: E731
    ask(ACCOUNT, use)
    ask(ACCOUNT, use, workspace_id=7)
    ask(ACCOUNT, lambda client: client.annotations.list_tags(), workspace_id=7)
    server.answers("", content_type="text/plain")
    ask(ACCOUNT, raw(), workspace_id=7)
    assert [request.query.get("workspace_id") for request in server.requests] == [None, "7", None, None]
    assert [request.query.get("project_id") for request in server.requests] == [
        str(PROJECT),
        str(PROJECT),
        None,
        str(PROJECT),
    ]


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=texts, names=st.lists(texts, min_size=1, max_size=4), bucket=texts)
def test_any_text_arrives_as_it_was_given(
    client: MixpanelClient, server: Server, event: str, names: list[str], bucket: str
) -> None:
    server.requests.clear()
    server.answers([])
    client.events.properties_values(event=event, name="x", bucket=bucket)
    assert (server.only.query["event"], server.only.query["bucket"]) == (event, bucket)
    server.requests.clear()
    server.answers(PAGE)
    client.profiles.query(distinct_id=event, distinct_ids=names)
    assert server.only.form["distinct_id"] == event
    assert json.loads(server.only.form["distinct_ids"]) == names
