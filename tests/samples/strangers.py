"""Requests of our own making for what strangers sent: said twice, or longer
than an answer can hold."""

from __future__ import annotations

from documents import submitted
from ours import IHE, changed, enveloped, template, xml

# The case puts its own patient's number; the domain is the demo region's clinic.
WHO = "031^^^&1.2.392.100495.20.3.51.11319952024&ISO"
REGISTER = IHE + "RegisterDocumentSet-b"
ANY = " hash=aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d size=5 repo=2.999.55"
COMMENTS, CODE, SLOT = 5000, 257, 300
PID_SLOT = "".join(
    f"<rim:Value>{each}</rim:Value>"
    for each in ("PID-5|港^花子", "PID-2|1^^^&amp;2.999.7&amp;ISO",
                 "PID-4|2^^^&amp;2.999.7&amp;ISO", "PID-12|EX", "PID-19|0")
)


def registration(number: int, *more: str, options: str = "") -> str:
    return submitted("iti42.xml", *more, patient=WHO, set_uid=f"2.999.77.9.{number}.1",
                     uid=f"2.999.77.9.{number}.2", options=ANY + options)


def slot(name: str, inside: str) -> tuple[str, str]:
    """A slot before the first of the entry's."""
    first = '<rim:Slot name="creationTime">'
    return first, f'<rim:Slot name="{name}">{inside}</rim:Slot>{first}'


def values(*texts: str) -> str:
    return "<rim:ValueList>" + "".join(f"<rim:Value>{each}</rim:Value>" for each in texts) \
        + "</rim:ValueList>"


def files() -> dict[str, bytes]:
    asked = f'slot name=$XDSDocumentEntryPatientId value="\'{WHO}\'"'
    query = template("iti18.xml", asked, query="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d")
    want = template("iti43.xml", "want repository=2.999.20 document=2.999.77.9.9.1")
    unique = "<x:DocumentUniqueId>2.999.77.9.9.1</x:DocumentUniqueId>"
    start, end = query.index("<rim:AdhocQuery "), query.index("</q:AdhocQueryRequest>")
    made = {
        "3-two-registryobjectlists": changed(
            registration(1),
            ("</rim:RegistryObjectList>", "</rim:RegistryObjectList><rim:RegistryObjectList/>")),
        "3-two-valuelists": changed(registration(2),
                                    slot("urn:example:ward", values("1") + values("2"))),
        "4-code-of-257": registration(3, options=" class=" + "c" * CODE),
        "4-slot-name-of-300": changed(registration(4),
                                      slot("urn:example:" + "s" * (SLOT - 12), values("1"))),
        "4-xml-lang": changed(registration(5), ('xml:lang="ja-JP"', 'xml:lang="no language!"')),
        "4-comments-of-5000": registration(6, options=" comments=" + "m" * COMMENTS),
        "4-sourcepatientinfo-pid-2-4-12-19": changed(
            registration(7),
            slot("sourcePatientInfo", f"<rim:ValueList>{PID_SLOT}</rim:ValueList>")),
    }
    made = {name: enveloped(text, REGISTER) for name, text in made.items()}
    made["3-two-adhocqueries"] = enveloped(query[:end] + query[start:end] + query[end:],
                                           IHE + "RegistryStoredQuery")
    made["3-two-documentuniqueids"] = enveloped(changed(want, (unique, unique * 2)),
                                                IHE + "RetrieveDocumentSet")
    return {f"strangers/{name}.xml": xml(text) for name, text in made.items()}
