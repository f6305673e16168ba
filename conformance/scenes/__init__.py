"""Scenes: cases that need more than a line a step: storages on disk, bad input, clocks."""
