"""What the local socket is asked: a parameter that cannot be read, or that nobody
knows, lists nothing."""
from __future__ import annotations

import os

from lib.local import Connection
from lib.region import DemoRegion
from lib.runner import Runner

# (why, method, path, body, status): 200 for what is understood.
QUERIES = (
    ("all of it", "GET", "/admin/audit?limit=1", None, 200),
    ("encoded", "GET", "/admin/audit?system=%61%2dhospital&limit=1", None, 200),
    ("kanji, which nobody is called", "GET", "/admin/audit?system=%E7%97%85%E9%99%A2", None, 404),
    ("no UTF-8", "GET", "/admin/audit?system=%ff%fe", None, 400),
    ("no UTF-8 in the patient", "GET", "/admin/audit?patient=1%ff@a-hospital", None, 400),
    ("a surrogate", "GET", "/admin/audit?system=%ed%a0%80", None, 400),
    ("overlong", "GET", "/admin/audit?system=%c0%af", None, 400),
    ("a NUL within", "GET", "/admin/audit?system=a-hospital%00x", None, 400),
    ("half an escape", "GET", "/admin/audit?system=%f", None, 400),
    ("no hexadecimal digits", "GET", "/admin/audit?system=%zz", None, 400),
    ("a per cent sign at the end", "GET", "/admin/audit?limit=1&system=a%", None, 400),
    ("a name that cannot be read", "GET", "/admin/audit?sys%fftem=a-hospital", None, 400),
    ("a parameter without name", "GET", "/admin/audit?=a-hospital", None, 400),
    ("twice", "GET", "/admin/audit?system=a-hospital&system=b-clinic", None, 400),
    ("an unknown filter", "GET", "/admin/audit?sytem=a-hospital", None, 400),
    ("an unknown filter of patients", "GET", "/admin/patients?facilty=a-hospital", None, 400),
    ("an unknown filter of documents", "GET",
     "/admin/documents?patient=1@a-hospital&type=x", None, 400),
    ("a filter where there is none", "POST", "/admin/check?limit=1", "{}", 400),
    ("a member nobody knows", "POST", "/admin/audit/verify", '{"from": "2026-01-15"}', 400),
    ("no object", "POST", "/admin/audit/verify", "[]", 400),
    ("a text", "POST", "/admin/audit/verify", '"all"', 400),
    ("a member twice", "POST", "/admin/audit/verify", '{"a": 1, "a": 2}', 400),
    ("a member of no UTF-8", "POST", "/admin/audit/verify", '{"\xff": 1}', 400),
    ("nothing asked", "POST", "/admin/audit/verify", "{}", 200),
    ("facility without action", "GET",
     "/admin/consent?patient=1@a-hospital&facility=a-hospital", None, 400),
)


def ask(path: str, method: str, target: str, body: str | None) -> int:
    connection = Connection(path)
    try:
        connection.request(method, target, None if body is None else body.encode("latin-1"),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def scenes(_running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    def show() -> None:
        path = os.path.join(demo.region, "data", "admin.sock")
        wrong = []
        for why, method, target, body, status in QUERIES:
            got = ask(path, method, target, body)
            if (got == 200) != (status == 200) or got >= 500:
                wrong.append(f"{why}: {method} {target}: {got}, expected {status}")
        assert not wrong, "; ".join(wrong)
    return [("operator-unreadable-filter",
             "a filter that cannot be read, or is not known, lists nothing", show)]
