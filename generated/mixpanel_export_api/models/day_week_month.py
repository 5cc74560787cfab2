from typing import Literal

DayWeekMonth = Literal["day", "month", "week"]

DAY_WEEK_MONTH_VALUES: set[DayWeekMonth] = {
    "day",
    "month",
    "week",
}


def check_day_week_month(value: str) -> DayWeekMonth:
    if value in DAY_WEEK_MONTH_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DAY_WEEK_MONTH_VALUES!r}")
