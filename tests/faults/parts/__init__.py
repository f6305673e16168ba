"""Parts of the fault tests: the region in service, its hospitals, mixed load."""
