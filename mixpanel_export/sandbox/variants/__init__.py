"""Variants: the responses of Mixpanel's servers where they differ from its published contract."""
