"""The black-box driver: plain modules, each one dialect or one step of a case's way."""
