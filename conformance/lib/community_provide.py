"""Another community's Responding Gateway, as far as documents are provided to it (ITI-80). It
behaves as it is told."""
from __future__ import annotations

import re

from . import mtom, soap
from .partner import ANSWERS, FAULT
from .registry import ERROR, OWN, RESPONSE, SAYS, SOAP, STATUS, UNKNOWN, Registry

ACTION = "urn:ihe:iti:2015:CrossGatewayDocumentProvide"
PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
SAYS_OF_IT = {**SAYS, "partial": ("PartialSuccess", OWN),
              "located": ("Failure", ERROR.format(code="XDSRepositoryError", context="not so",
                                                  severity="Error", more=' location="d1"'))}


class Recipient(Registry):
    """What it was provided with is in packages: the root, and each part's octets by id."""

    packages: list[mtom.Package] = []

    def said(self, manner: str, body: bytes) -> tuple[int, str | None, bytes]:
        boundary = re.match(rb"--([^\r\n]+)\r\n", body)
        if manner in ANSWERS:
            return ANSWERS[manner]
        if manner == "sender-fault":
            return 500, SOAP, FAULT.format(code="Sender").encode()
        if boundary is None:
            self.faults.append("it came without attachments")
            return ANSWERS["busy"]
        package = mtom.parse('multipart/related; type="application/xop+xml"; boundary="'
                             f'{boundary[1].decode()}"', body)
        root = soap.parse(package.root.octets)
        self.packages = [*self.packages, package]
        if self.grammars and (fault := self.grammars.fault("iti80-request", root)):
            self.faults.append(fault)
        status, errors = SAYS_OF_IT.get(manner, ("Success", ""))
        status = PARTIAL if status == "PartialSuccess" else STATUS + status
        errors = f'<rs:RegistryErrorList xmlns:rs="{soap.NS["rs"]}">{errors}' \
            "</rs:RegistryErrorList>" if errors else ""
        action = ACTION + ("Reply" if manner == "other-action" else "Response")
        relates = "urn:uuid:" if manner == "anothers-answer" else soap.text(root, "//a:MessageID")
        answer = soap.envelope(RESPONSE.format(rs=soap.NS["rs"], status=status, errors=errors),
                               action, soap.ANONYMOUS)
        return 200, SOAP, answer.replace("<a:To>",
                                         f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>").encode()


__all__ = ["Recipient", "UNKNOWN"]
