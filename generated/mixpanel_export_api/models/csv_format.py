from typing import Literal

CsvFormat = Literal["csv"]

CSV_FORMAT_VALUES: set[CsvFormat] = {
    "csv",
}


def check_csv_format(value: str) -> CsvFormat:
    if value in CSV_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CSV_FORMAT_VALUES!r}")
