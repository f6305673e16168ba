"""The transactions a case may send: action, door, packaging, grammar of the answer."""
from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Transaction:
    """One row: what goes in and what must come out."""
    code: str
    action: str
    answer: str
    path: str
    grammar: str
    mtom: bool = False


V3 = "urn:hl7-org:v3:"
IHE = "urn:ihe:iti:2007:"
ROWS = [
    *(Transaction("ITI-44", V3 + name, V3 + "MCCI_IN000002UV01", "/pix", "iti44-response")
      for name in ("PRPA_IN201301UV02", "PRPA_IN201302UV02", "PRPA_IN201304UV02")),
    Transaction("ITI-45", V3 + "PRPA_IN201309UV02", V3 + "PRPA_IN201310UV02", "/pix", "iti45-response"),
    Transaction("ITI-18", IHE + "RegistryStoredQuery", IHE + "RegistryStoredQueryResponse",
                "/xds/registry", "iti18-response"),
    Transaction("ITI-42", IHE + "RegisterDocumentSet-b", IHE + "RegisterDocumentSet-bResponse",
                "/xds/registry", "iti42-response"),
    Transaction("ITI-41", IHE + "ProvideAndRegisterDocumentSet-b",
                IHE + "ProvideAndRegisterDocumentSet-bResponse", "/xds/repository", "iti41-response", True),
    Transaction("ITI-43", IHE + "RetrieveDocumentSet", IHE + "RetrieveDocumentSetResponse",
                "/xds/repository", "iti43-response", True),
]
BY_ACTION = {row.action: row for row in ROWS}
# What a body without envelope must be about.
BY_BODY = {
    "AdhocQueryRequest": IHE + "RegistryStoredQuery",
    "SubmitObjectsRequest": IHE + "RegisterDocumentSet-b",
    "ProvideAndRegisterDocumentSetRequest": IHE + "ProvideAndRegisterDocumentSet-b",
    "RetrieveDocumentSetRequest": IHE + "RetrieveDocumentSet",
}
