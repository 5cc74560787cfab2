from typing import Literal

BookmarkType = Literal["flows", "funnels", "insights", "launch-analysis", "retention"]

BOOKMARK_TYPE_VALUES: set[BookmarkType] = {
    "flows",
    "funnels",
    "insights",
    "launch-analysis",
    "retention",
}


def check_bookmark_type(value: str) -> BookmarkType:
    if value in BOOKMARK_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BOOKMARK_TYPE_VALUES!r}")
