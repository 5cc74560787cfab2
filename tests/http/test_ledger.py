"""The record of requests: what counts, what a file may claim, and where there is none."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import pytest

from mixpanel_export.http import clock, ledger
from mixpanel_export.http.ledger import MAX_PAUSE, Ledger, Usage, Window, shared_folder
from mixpanel_export.http.limits import BudgetWarning

HOUR = Window(3, 3600.0, "3 an hour")
SECOND = Window(2, 1.0, "2 a second")


@pytest.fixture(autouse=True)
def unwarned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mixpanel_export.http.ledger._Warned.unshared", False)


def used(*times: float) -> Usage:
    return Usage(tuple((at, 1) for at in times))


def test_the_window_that_takes_longest_decides() -> None:
    assert used(1.0).wait(1.0, (HOUR, SECOND)) == (0.0, None)
    assert used(1.0, 1.5).wait(1.75, (HOUR, SECOND)) == (0.25, SECOND)
    assert used(1.0, 99.0, 99.5).wait(100.0, (HOUR, SECOND)) == (3501.0, HOUR)
    # More than the limit, as after the limits were lowered.
    assert used(1.0, 2.0, 3.0, 4.0).wait(10.0, (HOUR,)) == (3592.0, HOUR)


def test_old_requests_are_forgotten() -> None:
    assert used(1.0, 50.0).since(3602.0, 3600.0) == used(50.0)


def test_a_file_comes_back_as_written() -> None:
    for words in ("", "busy: try again  later\r\n\u2028sent 9.0 1 " + "x" * 999):
        usage = used(1.25, 2.5).with_pause(3.0, 60.0, 503, is_asked=True, words=words)
        assert Usage.from_text(usage.to_text("boot"), "boot") == usage


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "boot other\nsent 5.0 1\n",
        "boot b\nsent\nsent x 1\nsent 5.0 y\npause 1 2 x 0\nwords\nwhatever\n\0\x85",
    ],
)
def test_what_cannot_be_read_counts_for_nothing(text: str) -> None:
    assert Usage.from_text(text, "b") == Usage()


def test_what_a_file_claims_is_bounded() -> None:
    now = 100.0
    for value in ("9e9", "inf", "nan", "-inf", "101"):
        claimed = Usage.from_text(f"boot b\nsent {value} 1\npause {value} 60 429 1\n", "b")
        assert claimed.since(now, 3600.0).sent == ()
        assert claimed.pause_left(now) == 0.0
    for value in ("9e9", "inf"):
        assert Usage.from_text(f"boot b\npause 100 {value} 429 1\n", "b").pause_left(now) == MAX_PAUSE
    assert not math.isnan(Usage.from_text("boot b\npause 100 nan 429 1\n", "b").pause_left(now))


def test_a_longer_pause_stays() -> None:
    paused = Usage().with_pause(10.0, 60.0)
    assert paused.with_pause(20.0, 5.0) is paused
    assert paused.with_pause(20.0, 90.0).pause_left(20.0) == 90.0
    assert Usage().with_pause(10.0, 1e9).pause_left(10.0) == MAX_PAUSE


def test_the_server_is_believed_over_our_count() -> None:
    usage = used(1.0, 2.0, 3.0)
    assert usage.wait(12.0, (HOUR,))[1] is HOUR
    assert usage.with_pause(10.0, 2.0).wait(12.0, (HOUR,))[1] is HOUR
    paused = usage.with_pause(10.0, 2.0, is_asked=True)
    assert paused.pause_left(10.0) == 2.0
    assert paused.wait(12.0, (HOUR, SECOND)) == (0.0, None)
    # One request: its answer says whether there is room for more.
    assert paused.with_request(12.0, 1).wait(12.0, (HOUR,))[1] is HOUR


def test_two_ledgers_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "one.usage"
    Ledger(path).change(lambda usage: (usage.with_request(1.0, 7), None))
    assert Ledger(path).change(lambda usage: (usage, usage.sent)) == ((1.0, 7),)
    assert Ledger(None).change(lambda usage: (usage, usage.sent)) == ()


def test_a_file_from_before_a_reboot_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.usage"
    Ledger(path).change(lambda usage: (usage.with_request(1.0, 7), None))
    monkeypatch.setattr(clock, "boot_id", lambda: "another")
    assert Ledger(path).change(lambda usage: (usage, usage.sent)) == ()


def test_a_folder_that_fails_costs_one_warning_and_no_count(tmp_path: Path) -> None:
    (tmp_path / "one.usage").mkdir()
    counting = Ledger(tmp_path / "one.usage")
    with pytest.warns(BudgetWarning, match="counted for this process only.*Limits"):
        counting.change(lambda usage: (usage.with_request(1.0, 7), None))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counting.change(lambda usage: (usage.with_request(2.0, 7), None))
    assert counting.change(lambda usage: (usage, len(usage.sent))) == 2


def test_the_folder_is_named_by_uid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("getpass.getuser", lambda: 1 / 0)
    monkeypatch.setattr("os.getuid", lambda: 4242, raising=False)
    monkeypatch.setattr(ledger, "_check_private", id)
    folder = shared_folder()
    assert folder is not None
    assert folder.name == "mixpanel-export-sdk-4242"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_open_to_others_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    folder = shared_folder()
    assert folder is not None
    folder.chmod(0o755)
    with pytest.warns(BudgetWarning, match="open to others"):
        assert shared_folder() is None
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert shared_folder() is None


def test_no_temporary_folder_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", missing)
    with pytest.warns(BudgetWarning, match="there is no temporary folder"):
        assert shared_folder() is None
