"""Our grammars (schemas/grammar), loaded once."""
from __future__ import annotations

import os

from lxml import etree


class Grammars:
    """Validates by the name of a grammar file."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.loaded: dict[str, etree.RelaxNG] = {}
        self.validated: dict[str, int] = {}

    def fault(self, name: str, root: etree._Element) -> str | None:
        """What is wrong with this document; None when nothing is."""
        if name not in self.loaded:
            self.loaded[name] = etree.RelaxNG(file=os.path.join(self.directory, name + ".rng"))
        self.validated[name] = self.validated.get(name, 0) + 1
        if self.loaded[name].validate(root):
            return None
        # Positions in the log mean something only for a document that was parsed as it stands.
        root = etree.fromstring(etree.tostring(root))
        if self.loaded[name].validate(root):
            return f"{name}: not valid where it stands, and valid alone"
        entries = [f"{entry.message}" for entry in self.loaded[name].error_log]
        return f"{name}: " + "; ".join(entries[:3])
