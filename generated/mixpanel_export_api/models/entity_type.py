from typing import Literal

EntityType = Literal["custom_event", "event", "profile"]

ENTITY_TYPE_VALUES: set[EntityType] = {
    "custom_event",
    "event",
    "profile",
}


def check_entity_type(value: str) -> EntityType:
    if value in ENTITY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENTITY_TYPE_VALUES!r}")
