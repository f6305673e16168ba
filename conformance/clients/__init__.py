"""Clients nobody here wrote, speaking to the gateway: zeep for SOAP, python3-hl7 for MLLP."""
