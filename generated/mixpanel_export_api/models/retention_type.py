from typing import Literal

RetentionType = Literal["birth", "compounded"]

RETENTION_TYPE_VALUES: set[RetentionType] = {
    "birth",
    "compounded",
}


def check_retention_type(value: str) -> RetentionType:
    if value in RETENTION_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RETENTION_TYPE_VALUES!r}")
