"""Profiles: every page of the engage query, each profile once."""

from mixpanel_export.errors import ProfilesIncompleteError
from mixpanel_export.profiles.file import ProfilesProgress
from mixpanel_export.profiles.resource import AsyncProfiles, Profiles

__all__ = ["AsyncProfiles", "Profiles", "ProfilesIncompleteError", "ProfilesProgress"]
