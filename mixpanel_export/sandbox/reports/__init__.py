"""Computing reports from events. Reading parameters and writing responses is left to `endpoints`."""
