"""The HTTP side of a sandbox: serving, authentication, limits, compression, parameters and errors."""
