"""Parts of the fault tests: the region, its hospitals, a ward of mixed load."""
