"""Mixpanel Data Export API, compiled from `spec/openapi.yaml`: operations, models and their runtime."""
