"""Java clients nobody here wrote: their libraries from Maven Central, and a region's
certificates as Java reads them."""
from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "faults"))

from parts.service import Service, region, skip  # noqa: E402  pylint: disable=wrong-import-position

PASSWORD = "interop"


def tools(client: str) -> None:
    for tool in ("java", "javac", "keytool", "mvn"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed: {client} was not tried")


def libraries(home: str, build: str, client: str) -> str:
    """The client and what it needs, fetched once for what is wanted of them; the directory."""
    directory = os.path.abspath(os.path.join(build, "libraries"))  # mvn takes its own folder else
    wanted, complete = os.path.join(home, "pom.xml"), os.path.join(directory, "complete")
    if not (os.path.exists(complete) and filecmp.cmp(wanted, complete, shallow=False)):
        shutil.rmtree(directory, ignore_errors=True)  # an older one beside another is read too
        done = subprocess.run(["mvn", "-q", "-B", "-f", wanted,
                               "dependency:copy-dependencies", f"-DoutputDirectory={directory}"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            skip(f"mvn could not fetch {client}: "
                 f"{(done.stdout + done.stderr).strip().splitlines()[:1]}")
        shutil.copyfile(wanted, complete)
    return directory


def compiled(home: str, build: str, directory: str) -> str:
    classes = os.path.join(build, "classes")
    sources = sorted(os.path.join(home, name) for name in os.listdir(home)
                     if name.endswith(".java"))
    region.run(["javac", "-encoding", "UTF-8", "-nowarn", "-proc:none", "-cp",
                os.path.join(directory, "*"), "-d", classes, *sources], "javac")
    return classes


def store(directory: str, name: str, pem: str) -> None:
    """A certificate and its key."""
    region.run(["openssl", "pkcs12", "-export", "-in", pem, "-inkey", pem, "-name", name,
                "-passout", f"pass:{PASSWORD}", "-out",
                os.path.join(directory, name + ".p12")], "openssl pkcs12")


def stores(place: Service, directory: str, more: tuple[str, ...] = ()) -> None:
    """The systems' certificates and the region's authority."""
    for system in ("a-hospital", "b-clinic", *more):
        store(directory, system, place.target.certificate(system) or "")
    region.run(["keytool", "-importcert", "-noprompt", "-alias", "region", "-file", place.target.ca,
                "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore",
                os.path.join(directory, "authorities.p12")], "keytool")


def settings(place: Service, system: str, line: str) -> None:
    """One more line in a system's section."""
    with open(place.demo.configuration, encoding="utf-8") as conf:
        text = conf.read()
    with open(place.demo.configuration, "w", encoding="utf-8") as conf:
        conf.write(text.replace(f'system "{system}" {{\n', f'system "{system}" {{\n\t{line}\n'))


def run_client(place: Service, own: str, directory: str, classes: str, arguments: list[str]) -> int:
    """Interop against a region in service; what it says, unless the region is
    not sound afterwards."""
    with open(os.path.join(own, "logging"), "w", encoding="ascii") as file:
        file.write("handlers=java.util.logging.ConsoleHandler\n.level=SEVERE\n")
    done = subprocess.run(
        ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Dfile.encoding=UTF-8",
         "-Djava.util.logging.config.file=" + os.path.join(own, "logging"), "-cp",
         os.path.join(directory, "*") + os.pathsep + classes, "Interop", "localhost",
         *arguments], check=False)
    faults = place.proofs()
    if faults or not place.alive():
        print("\n".join(faults) or place.log())
        return 1
    return done.returncode
