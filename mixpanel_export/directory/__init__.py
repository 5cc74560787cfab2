"""`client.export.to_directory`: the manifest, resuming, and storage on disks and object stores."""
