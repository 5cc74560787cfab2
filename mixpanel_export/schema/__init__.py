"""The types of properties: from events, and from Lexicon's descriptions. Pure.

- `kinds`: the kinds of values, and the column each property gets.
"""
