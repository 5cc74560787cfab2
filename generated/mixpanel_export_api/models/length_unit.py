from typing import Literal

LengthUnit = Literal["day", "hour", "minute", "second"]

LENGTH_UNIT_VALUES: set[LengthUnit] = {
    "day",
    "hour",
    "minute",
    "second",
}


def check_length_unit(value: str) -> LengthUnit:
    if value in LENGTH_UNIT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LENGTH_UNIT_VALUES!r}")
