"""The hand-written part of the generated package; `spec.generate` copies it here from `spec/runtime`."""
