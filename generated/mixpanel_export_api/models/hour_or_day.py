from typing import Literal

HourOrDay = Literal["day", "hour"]

HOUR_OR_DAY_VALUES: set[HourOrDay] = {
    "day",
    "hour",
}


def check_hour_or_day(value: str) -> HourOrDay:
    if value in HOUR_OR_DAY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HOUR_OR_DAY_VALUES!r}")
