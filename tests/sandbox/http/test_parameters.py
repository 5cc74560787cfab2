"""Reading parameters: the forms that the export does not use."""

from __future__ import annotations

import pytest

from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest


def test_absent_parameters_are_none() -> None:
    parameters = Parameters([("empty", "")])
    assert parameters.text("empty") is None
    assert parameters.integer("absent") is None
    assert parameters.names("absent") is None
    assert parameters.json("absent") is None
    assert parameters.day("absent") is None
    assert parameters.choice("absent", ("a",)) is None
    assert parameters.flag("absent") is False
    assert parameters.flag("absent", default=True) is True


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("1", True), ("False", False)])
def test_flags_are_words_or_digits(text: str, value: bool) -> None:
    assert Parameters([("flag", text)]).flag("flag") is value


def test_json_is_read_as_json() -> None:
    assert Parameters([("filter", '{"id": 12}')]).json("filter") == {"id": 12}
    for wrong in ("{", "id=12", "[" * 100_000, '"\udc80"'):
        with pytest.raises(BadRequest, match="filter must be valid JSON"):
            Parameters([("filter", wrong)]).json("filter")


@pytest.mark.parametrize("text", ["1.5", "1e3", "١", "9" * 30, "0x10", " 1", "1_000"])
def test_integers_are_written_in_digits(text: str) -> None:
    with pytest.raises(BadRequest, match="page must be an integer"):
        Parameters([("page", text)]).integer("page")
