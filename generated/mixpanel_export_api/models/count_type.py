from typing import Literal

CountType = Literal["average", "general", "unique"]

COUNT_TYPE_VALUES: set[CountType] = {
    "average",
    "general",
    "unique",
}


def check_count_type(value: str) -> CountType:
    if value in COUNT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COUNT_TYPE_VALUES!r}")
