from typing import Literal

DisclosureType = Literal["Categories", "Data", "Sources"]

DISCLOSURE_TYPE_VALUES: set[DisclosureType] = {
    "Categories",
    "Data",
    "Sources",
}


def check_disclosure_type(value: str) -> DisclosureType:
    if value in DISCLOSURE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DISCLOSURE_TYPE_VALUES!r}")
