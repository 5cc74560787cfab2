"""Profile queries: conditions, behaviors, and the sessions that keep pages consistent."""
