"""Turn bytes into lines into verified events. Pure, except that `duplicates` may use a temporary file."""
