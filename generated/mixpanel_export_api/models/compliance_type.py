from typing import Literal

ComplianceType = Literal["CCPA", "GDPR"]

COMPLIANCE_TYPE_VALUES: set[ComplianceType] = {
    "CCPA",
    "GDPR",
}


def check_compliance_type(value: str) -> ComplianceType:
    if value in COMPLIANCE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COMPLIANCE_TYPE_VALUES!r}")
