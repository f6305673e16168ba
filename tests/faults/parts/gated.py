"""A region whose daemon passes through gates (tests/faults/gate.c): it is ended at a point that was
chosen, however quick anything is."""
from __future__ import annotations

import os

from gates import GATE, Gate

from .service import Service


class Gated:
    """The daemon of a region passes through gates, and its disk may lose what was not flushed."""

    def __init__(self, place: Service, power_cut: bool) -> None:
        self.place, self.gates = place, os.path.join(place.demo.directory, "gates")
        os.mkdir(self.gates)
        place.without_walls()
        if power_cut:
            place.lose_the_cache()
        around = place.demo.surroundings
        options = ":".join(filter(None,
                                  [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        place.demo.surroundings = {
            **around, "LD_PRELOAD": " ".join(filter(None, [GATE, around.get("LD_PRELOAD")])),
            "MINATO_GATES": self.gates, "ASAN_OPTIONS": options}

    def flushes(self) -> Gate:
        """Those of what makes jobs last."""
        logs = [name for name in os.listdir(os.path.join(self.place.data, "keys"))
                if name.startswith("log.")]
        return Gate(self, "sync", max(logs))
