"""A gateway to talk to: somebody's, named by the command line, or a fresh
demo region of our own."""
from __future__ import annotations

import dataclasses
import functools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .local import Local

# Seconds that nothing here takes, whatever the machine does beside it: past them something hangs.
READY_WITHIN = STOP_WITHIN = 120.0
# The daemon may not be installed yet: it reads the grammars of this source tree.
GRAMMARS = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..",
                                         "schemas", "grammar"))


class RegionError(Exception):
    """The region could not be made or started."""


@dataclasses.dataclass
class Target:
    """Where the gateway is and how to talk to it."""
    host: str
    https_port: int
    mllp_port: int
    ca: str
    clients: str
    cli: list[str]
    admin_port: int = 0
    socket: str = ""  # the operator's, where it is known

    def certificate(self, system: str) -> str | None:
        """The file of a system's certificate and key; none for `nobody`."""
        return None if system == "nobody" else os.path.join(self.clients, system + ".pem")


# Systems the demo region lacks. pix-domains "*": the numbered PIX cases speak of a consumer that
# may see every domain; by default ours see their own and the affinity domain only.
EXTRA = """
domain "2.999.31" {{
	namespace = "XCONS"
}}
domain "2.999.32" {{
	namespace = "EMPTY"
}}
system "x-consumer" {{
	title = "PIX consumer that sees every domain"
	certificate = "pki/clients/x-consumer.pem"
	domains = {{"2.999.31"}}
	pix-domains = {{"*"}}
	reply-to = {{"x-mailbox"}}
	consumers = {{"x-inbox"}}
}}
partner "x-mailbox" {{
	url = "https://127.0.0.1:{mailbox}/answers"
	for = {{"answers"}}
}}
partner "x-inbox" {{
	url = "https://127.0.0.1:9/inbox"
	for = {{"subscriptions"}}
}}
system "y-strict" {{
	title = "A peer whose every request is validated, and to whom nothing is forgiven"
	certificate = "pki/clients/y-strict.pem"
	domains = {{"2.999.32"}}
	strict-input = "yes"
	consumers = {{"x-inbox"}}
	any-hl7-version = "no"
	loose-authority = "no"
	lost-delimiter = "no"
	misnamed-charset = "no"
}}
domain "2.999.35" {{
	namespace = "MPI"
}}
system "m-index" {{
	title = "An outside patient index that feeds the affinity domain"
	certificate = "pki/clients/m-index.pem"
	domains = {{"2.999.35"}}
	feeds-affinity-domain = "yes"
}}
domain "2.999.33" {{
	namespace = "LATIN"
}}
system "l-latin" {{
	title = "A peer that writes ISO-8859-1 without saying so, and has codes of its own"
	certificate = "pki/clients/l-latin.pem"
	domains = {{"2.999.33"}}
	charset = "8859/1"
	twelve-digit-ids = "yes"
	local-sex-codes = "yes"
	mllp-framing = "no"
	unquoted-parameters = "no"
	content-id-spelling = "no"
	faults-as-500 = "yes"
}}
domain "2.999.34" {{
	namespace = "OFFICIAL"
}}
system "o-official" {{
	title = "A peer that must use the affinity domain's ids"
	certificate = "pki/clients/o-official.pem"
	domains = {{"2.999.34"}}
	resolve-own-ids = "no"
}}
domain "2.999.36" {{
	namespace = "CORRECTOR"
}}
system "v-corrector" {{
	title = "A centre that corrects others' documents"
	certificate = "pki/clients/v-corrector.pem"
	domains = {{"2.999.36"}}
	replace-others = "yes"
	remove-others = "yes"
	update-others = "yes"
	unmodifiable-type = "yes"
	publish = "yes"
}}
domain "2.999.37" {{
	namespace = "READER"
}}
system "r-reader" {{
	title = "A peer that may look, and nothing else"
	certificate = "pki/clients/r-reader.pem"
	domains = {{"2.999.37"}}
	transactions = {{"ITI-9", "ITI-18", "ITI-43"}}
}}
domain "2.999.38" {{
	namespace = "KIOSK"
}}
system "k-kiosk" {{
	title = "A peer that is locked out now and then; the patient's own side"
	role = "patient"
	certificate = "pki/clients/k-kiosk.pem"
	domains = {{"2.999.38"}}
}}
repository "2.999.22" {{
	systems = {{"v-corrector"}}
	directory = "documents-22"
}}
repository "2.999.23" {{
}}
inbox "b-clinic" {{
	facility = "b-clinic"
	repository-unique-id = "2.999.27"
	from = {{"a-hospital", "c-hospital", "x-consumer"}}
}}
inbox "d-pharmacy" {{
	facility = "d-pharmacy"
	repository-unique-id = "2.999.28"
	from = {{"*"}}
	limited-metadata = yes
	media-types = {{"text/plain", "application/pdf"}}
}}
inbox "small" {{
	facility = "c-hospital"
	repository-unique-id = "2.999.29"
	from = {{"*"}}
	quota = "64KiB"
}}
domain "1.2.392.100495.20.3.51.11319952029" {{
	namespace = "S-CLINIC"
}}
system "s-clinic" {{
	title = "The clinic of the shared SS-MIX2 storages"
	certificate = "pki/clients/s-clinic.pem"
	institution-code = "1319952029"
	domains = {{"1.2.392.100495.20.3.51.11319952029"}}
}}
domain "1.2.392.100495.20.3.51.11319954041" {{
	namespace = "E-CLINIC"
}}
system "e-clinic" {{
	title = "The clinic whose SS-MIX2 storage holds traps"
	certificate = "pki/clients/e-clinic.pem"
	institution-code = "1319954041"
	domains = {{"1.2.392.100495.20.3.51.11319954041"}}
}}
"""
VALUE_SETS = """
codes "mimeType" {
	allow = {"application/dicom", "application/fhir+json", "application/json",
		"application/octet-stream", "application/pdf", "application/x-minato-test",
		"image/gif", "text/plain", "text/xml"}
}
codes "practiceSettingCode" {
	allow = {"394802001^2.16.840.1.113883.6.96", "394814009^2.16.840.1.113883.6.96",
		"Dialysis^Connect-a-thon practiceSettingCodes",
		"General Medicine^Connect-a-thon practiceSettingCodes"}
}
"""
# Types that only the cases of the policy have.
POLICY = """\
role pharmacist 薬剤師
role clerk 4110^2.16.840.1.113883.2.9.6.2.7
purpose research HRESCH^2.16.840.1.113883.5.8
documents hidden type POLICY-HIDE^2.16.840.1.113883.6.1
documents refused type POLICY-DENY^2.16.840.1.113883.6.1
documents notes type POLICY-NOTE^2.16.840.1.113883.6.1
documents secrets type POLICY-SECRET^2.16.840.1.113883.6.1
hide documents hidden
deny documents refused
hide role pharmacist clerk documents notes
hide documents secrets confidentiality R V
default permit
documents letters type POLICY-LETTER^2.16.840.1.113883.6.1
addressed letters
role patient 本人
documents untold type POLICY-UNTOLD^2.16.840.1.113883.6.1
hide role patient documents untold
hide role patient confidentiality V
acknowledged 2.999.5.1^2.999.5 join
acknowledged 2.999.5.2^2.999.5 leave
acknowledged 2.999.5.3^2.999.5 exclude facility a-hospital
acknowledged 2.999.5.4^2.999.5 exclude purpose research documents notes
acknowledged 2.999.5.5^2.999.5 include facility submitter a-hospital
recorders a-hospital b-clinic c-hospital
"""
# Types that only the cases of retention have.
RULES = """
retention "years" {
	type = {"RET-YEAR^2.16.840.1.113883.6.1", "RET-HELD^2.16.840.1.113883.6.1"}
	after-creation = "1y"
}
retention "last" {
	type = {"RET-LAST^2.16.840.1.113883.6.1"}
	keep-last = 1
}
retention "given" {
	type = {"RET-GIVEN^2.16.840.1.113883.6.1"}
	after-acceptance = "1d"
}
retention "held" {
	type = {"RET-HELD^2.16.840.1.113883.6.1"}
	keep = yes
}
"""
RECORDER = """
audit-repository "conformance" {{
	host = "127.0.0.1"
	port = "{port}"
}}
"""
# Other regions, which answer nobody.
COMMUNITIES = """partner "west" {
	url = "https://127.0.0.1:9/xcpd"
	for = {"community"}
	home-community-id = "urn:oid:2.999.30"
}
system "west-gateway" {
	title = "西地域"
	certificate = "pki/clients/west-gateway.pem"
	community = "west"
	reply-to = {"x-mailbox"}
	transactions = {"ITI-55", "ITI-56", "ITI-38", "ITI-39", "ITI-80"}
}
partner "east" {
	url = "https://127.0.0.1:9/east/xcpd"
	submit-url = "https://127.0.0.1:9/east/xcdr"
	for = {"community"}
	home-community-id = "urn:oid:2.999.40"
	consent = "assumed"
}
system "east-gateway" {
	title = "東地域"
	certificate = "pki/clients/east-gateway.pem"
	community = "east"
}
partner "north" {
	url = "https://127.0.0.1:9/north/xcpd"
	for = {"community"}
	home-community-id = "urn:oid:2.999.50"
	consent = "assumed"
}
system "north-gateway" {
	title = "北地域"
	certificate = "pki/clients/north-gateway.pem"
	community = "north"
	reply-to = {"x-mailbox"}
	transactions = {"ITI-55", "ITI-56", "ITI-38", "ITI-39", "ITI-80"}
}
"""
# Certified by the region's authority but registered nowhere.
CERTIFIED = ("x-consumer", "m-index", "y-strict", "l-latin", "o-official", "v-corrector",
             "r-reader", "k-kiosk", "west-gateway", "east-gateway", "north-gateway", "s-clinic",
             "e-clinic", "z-stranger")
# What the pattern of all regions has instead of ports: no region is served there.
PATTERN_PORTS = {"https": "65501", "mllp": "65502", "admin": "65503"}


def lowest_passing_port() -> int:
    """From here on the kernel gives ports to whoever calls somebody, and would give away ours
    between a stop and the next start."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as span:
            return max(int(span.read().split()[0]), 2048)
    except OSError:
        return 32768


claims: list[socket.socket] = []


def claim(port: int) -> bool:
    """Another test beside this one does not take it as long as this one runs, whether or not
    anybody listens there: a daemon that is started anew finds its port free. False: another has."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0minato-test-port-{port}")
    except OSError:
        mark.close()
        return False
    claims.append(mark)
    return True


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment, and nobody is given by chance. Not by the draws of
    random: two tests with one seed would draw the same."""
    end, draw = lowest_passing_port(), random.SystemRandom()
    ports: list[int] = []
    while len(ports) < count:
        port = draw.randrange(max(end // 2, 1024), end)
        with socket.socket() as each:
            try:
                each.bind(("127.0.0.1", port))
            except OSError:
                continue
        if claim(port):
            ports.append(port)
    return ports


def run(command: list[str], what: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RegionError(
            f"{what}: exit {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def certify(directory: str, name: str, authority: tuple[str, str] | None,
            host: str | None = None) -> None:
    """pki/clients/NAME.pem: key and certificate, by this authority or by itself; host: of
    a server of that name."""
    path = os.path.join(directory, "pki", "clients", name + ".pem")
    key, request, certificate = path + ".key", path + ".csr", path + ".crt"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key]
    if authority is None:
        names = ["-addext", f"subjectAltName=DNS:{host}", "-addext",
                 "basicConstraints=critical,CA:FALSE"] if host else []
        run(["openssl", "req", "-x509", *curve, *names, "-subj", f"/CN={name}", "-days", "30",
             "-out", certificate], name)
    else:
        ca, ca_key = authority
        run(["openssl", "req", *curve, "-subj", f"/CN={name}", "-out", request], name)
        run(["openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-days", "30",
             "-set_serial", str(int.from_bytes(os.urandom(8), "big")), "-out", certificate], name)
    with open(path, "wb") as out:
        for part in (certificate, key):
            with open(part, "rb") as source:
                out.write(source.read())
    for part in (key, request, certificate):
        if os.path.exists(part):
            os.remove(part)


@functools.cache
def pattern(minato: str) -> tempfile.TemporaryDirectory[str]:
    """A region as `minato init --demo` makes it, with certificates for those of CERTIFIED: all of
    one run are copies of it, for a pair of keys made is a process, and there are thirty a region.
    It goes when the run ends."""
    holder = tempfile.TemporaryDirectory(prefix="minato-pattern-")
    region = os.path.join(holder.name, "region")
    run([minato, "init", "--demo", *(word for name, port in PATTERN_PORTS.items()
                                     for word in (f"--{name}-port", port)), region], "minato init")
    authority = (os.path.join(region, "pki", "ca.pem"),
                 os.path.join(region, "pki", "private", "ca.key"))
    for name in CERTIFIED:
        certify(region, name, authority)
    certify(region, "w-forged", None)
    return holder


class DemoRegion:
    """`minato init --demo` in a directory of its own, its daemon, and how both end."""

    def __init__(self, minatod: str, minato: str) -> None:
        self.minatod, self.minato = minatod, minato
        self.directory = tempfile.mkdtemp(prefix="minato-conformance-")
        self.region = os.path.join(self.directory, "region")
        self.configuration = os.path.join(self.region, "minato.conf")
        self.log_path = os.path.join(self.directory, "minatod.log")
        self.daemon: subprocess.Popen[bytes] | None = None
        self.surroundings: dict[str, str] = {}  # what the daemon's environment has besides ours

    def copied(self) -> dict[str, int]:
        """The pattern, with ports of its own."""
        ports = dict(zip(PATTERN_PORTS, free_ports(len(PATTERN_PORTS))))
        shutil.copytree(os.path.join(pattern(self.minato).name, "region"), self.region)
        with open(self.configuration, encoding="utf-8") as conf:
            text = conf.read()
        for name, port in ports.items():
            old = f'\tport = "{PATTERN_PORTS[name]}"\n'
            assert text.count(old) == 1, f"{name}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, f'\tport = "{port}"\n')
        with open(self.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        return ports

    def make(self, audit_port: int, mailbox: int, more: str = VALUE_SETS,
             settings: dict[str, str] | None = None) -> Target:
        """more: sections besides the systems; settings: keys that stand commented out,
        where one first does."""
        ports, pki = self.copied(), os.path.join(self.region, "pki")
        with open(self.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(os.path.join(self.region, "region.policy"), "w", encoding="utf-8") as rules:
            rules.write(POLICY)
        for key, value in {"grammars": GRAMMARS, "policy": "region.policy",
                           **(settings or {})}.items():
            text = re.sub(rf'#{key} = ".*"', f'{key} = "{value}"', text, count=1)
        text = text.replace('community-domain = "2.999.11"', 'community-domain = "2.999.1.77"', 1)
        text += EXTRA.format(mailbox=mailbox) + RECORDER.format(port=audit_port) \
            + RULES + COMMUNITIES + more
        with open(self.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        return Target("127.0.0.1", ports["https"], ports["mllp"], os.path.join(pki, "ca.pem"),
                      os.path.join(pki, "clients"), [self.minato, "-c", self.configuration],
                      ports["admin"], os.path.join(self.region, "data", "admin.sock"))

    def environment(self) -> dict[str, str]:
        """The daemon's. What is preloaded for all (tests/sanitizers/delayed) is so for it as well,
        before what its surroundings have."""
        preloaded = " ".join(filter(None, [where.get("LD_PRELOAD")
                                           for where in (os.environ, self.surroundings)]))
        return {**os.environ, **self.surroundings,
                **({"LD_PRELOAD": preloaded} if preloaded else {})}

    def spawn(self, words: list[str], **how) -> subprocess.Popen[bytes]:
        """Where it is to run."""
        return subprocess.Popen(words, **how)

    def start(self, target: Target) -> None:
        with open(self.log_path, "ab") as log:
            self.daemon = self.spawn([self.minatod, "-c", self.configuration], stdout=log,
                                     stderr=log, env=self.environment())
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end:
            if self.daemon.poll() is not None:
                raise RegionError(f"minatod ended with {self.daemon.returncode}:\n{self.log()}")
            if self.ready(target):
                return
            time.sleep(0.01)
        raise RegionError(f"not ready within {READY_WITHIN:.0f} s:\n{self.log()}")

    @staticmethod
    def ready(target: Target) -> bool:
        """What `minato status` asks, over the same socket."""
        if not target.socket:
            return subprocess.run([*target.cli, "status"], capture_output=True,
                                  check=False).returncode == 0
        local = Local(target.socket)
        try:
            return local.told("/admin/status")["ready"]
        except OSError:
            return False
        finally:
            local.close()

    def stop(self) -> int | None:
        """SIGTERM; the daemon's exit status."""
        if self.daemon is None:
            return None
        self.daemon.send_signal(signal.SIGTERM)
        try:
            return self.daemon.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
            return None

    def answers(self, target: Target) -> bool:
        """Whether the daemon is there and says that it is ready."""
        return self.daemon is not None and self.daemon.poll() is None and self.ready(target)

    def log(self, lines: int = 15) -> str:
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-lines:])
        except OSError:
            return ""

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
