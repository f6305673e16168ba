"""A machine of a test's own: mounts and network nobody else sees, with what `make install` puts
there, and the unit run as systemd would: its user, its read-only file system, its system calls."""
from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from served import BUILD, TOP

INSIDE = "MINATO_LINES_MACHINE"
UNIT = os.path.join(TOP, "dist", "minatod.service.in")
READY_WITHIN = 120.0
# The whole tree read-only but what the unit says, no /home, /tmp of its own (systemd.exec(5)).
SANDBOX = r"""
set -e
for path in $WRITABLE; do mount --bind "$path" "$path"; done
awk '{ print $5 }' /proc/self/mountinfo | sort -u | while read -r mount; do
	case $mount in /proc* | /sys* | /dev*) continue ;; esac
	for path in $WRITABLE; do case $mount in "$path" | "$path"/*) continue 2 ;; esac; done
	mount -o remount,bind,ro "$mount" 2>/dev/null || true
done
for path in /home /root /tmp; do mount -t tmpfs -o mode=1777 none "$path"; done
if touch /usr/minato-was-here 2>/dev/null; then
	echo "the machine's /usr can be written to" >&2
	exit 99
fi
umask "$MASK"
exec setpriv --reuid "$AS" --regid "$AS" --clear-groups --no-new-privs \
	--inh-caps -all,+net_bind_service --ambient-caps -all,+net_bind_service \
	--bounding-set -all,+net_bind_service "$@"
"""


def enter() -> bool:
    """Goes on in namespaces of our own; False where that is not permitted."""
    if INSIDE in os.environ:
        return True
    probe = subprocess.run(["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c",
                            "mount -t tmpfs none /srv && mount -o remount,bind,ro /srv && ip link "
                            "set lo up && command -v setpriv useradd"],
                           capture_output=True, check=False)
    if os.geteuid() != 0 or probe.returncode != 0:
        return False
    os.environ.update({INSIDE: "yes", "MINATO_BUILD": BUILD})
    os.execvp("unshare", ["unshare", "--mount", "--net", "--propagation", "private",
                          sys.executable, *sys.argv])


def sh(script: str, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", script],  # type: ignore[call-overload]
                          capture_output=True, text=True, check=False, **how)


class Machine:
    """Its files, its unit, and a systemctl for it."""

    def __init__(self) -> None:
        self.here = tempfile.mkdtemp(prefix="minato-machine-")
        self.log_path = os.path.join(self.here, "journal")
        self.trace = os.path.join(self.here, "trace")
        with open(UNIT, encoding="utf-8") as file:
            self.unit = file.read().replace("@sbindir@", "/usr/local/sbin")
        self.daemon: subprocess.Popen[bytes] | None = None
        self.pid = 0
        # The leak sanitizer traces its process itself: two tracers wait for one another for ever.
        self.strace = shutil.which("strace") is not None and "LSAN_OPTIONS" not in os.environ
        done = sh("ip link set lo up && set -e; cd " + self.here + f"""
            mkdir bin etc && cp -a /etc/. etc/ && cp {BUILD}/minato {BUILD}/minatod bin/
            mount --bind etc /etc
            mount -t tmpfs none /var/lib && mount -t tmpfs none /var/backups
            mount -t tmpfs none /srv && mkdir /srv/home
            for at in /usr/local/bin /usr/local/sbin; do mount --bind bin "$at"; done""")
        assert done.returncode == 0, done.stderr

    def sanitizers(self) -> dict[str, str]:
        """What a sanitizer was told, with the files it reads where the unit can see them."""
        told = {}
        for name in ("TSAN_OPTIONS", "LSAN_OPTIONS"):
            value = os.environ.get(name, "")
            for path in re.findall(r"(?<!_)suppressions=([^:]+)", value):
                seen = "/etc/minato-" + os.path.basename(path)
                shutil.copyfile(path, seen)
                os.chmod(seen, 0o644)
                value = value.replace("suppressions=" + path, "suppressions=" + seen)
            if value:
                told[name] = value
        return told

    def setting(self, key: str) -> list[str]:
        return re.findall(rf"(?m)^{key}=(.*)$", self.unit)

    def recipe(self) -> list[str]:
        """What the unit's first lines say has to be done once."""
        return re.findall(r"(?m)^#   (\S.*)$", self.unit)

    def writable(self) -> list[str]:
        paths = ["/var/lib/" + name for name in self.setting("StateDirectory")]
        paths += [path.lstrip("-") for value in self.setting("ReadWritePaths")
                  for path in value.split()]
        return sorted({path for path in paths if os.path.exists(path)})

    def run(self, command: str) -> subprocess.Popen[bytes]:
        """A command of the unit, within its walls."""
        notify = {"NOTIFY_SOCKET": "@minato-lines"}
        env = {**os.environ, **self.sanitizers(), **notify, "AS": self.setting("User")[0],
               "WRITABLE": " ".join(self.writable()), "MASK": self.setting("UMask")[0]}
        with open(self.log_path, "ab") as log:
            return subprocess.Popen(["unshare", "--mount", "--propagation", "private", "bash", "-c",
                                     SANDBOX, "sandbox", *command.split()], stdout=log, stderr=log,
                                    env=env, cwd="/")

    def systemctl(self, words: list[str]) -> int:
        verb = words[0]
        if verb == "daemon-reload":
            return 0
        if verb in ("start", "enable"):
            return self.start()
        if verb == "stop":
            return self.stop()
        assert verb == "reload", words
        for command in self.setting("ExecReload"):
            if "kill -HUP ${MAINPID}" in command:
                os.kill(self.pid, signal.SIGHUP)
                self.await_notice(b"READY=1")
            elif self.run(command).wait() != 0:
                return 1
        return 0

    def await_notice(self, what: bytes) -> bool:
        self.notices.settimeout(READY_WITHIN)
        try:
            while what not in self.notices.recv(4096):
                pass
            return True
        except TimeoutError:
            return False

    def start(self) -> int:
        for command in self.setting("ExecStartPre"):
            if self.run(command).wait() != 0:
                return 1
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind("\0minato-lines")
        self.daemon = self.run(self.setting("ExecStart")[0])
        if self.await_end_or_ready():
            self.pid = self.daemon.pid
            return 0
        self.stop()
        return 1

    def await_end_or_ready(self) -> bool:
        self.notices.settimeout(0.2)
        for _ in range(int(READY_WITHIN / 0.2)):
            try:
                if b"READY=1" in self.notices.recv(4096):
                    return True
            except TimeoutError:
                assert self.daemon is not None
                if self.daemon.poll() is not None:
                    return False
        return False

    def stop(self) -> int:
        if self.daemon is None:
            return 0
        if self.daemon.poll() is None:
            self.daemon.terminate()
        status = self.daemon.wait(READY_WITHIN)
        self.notices.close()
        self.daemon = None
        return status

    def calls_refused(self, script: str) -> set[str] | None:
        """Which system calls a run made that the unit's filter refuses; None
        where that cannot be told."""
        if not self.strace or shutil.which("systemd-analyze") is None:
            return None
        done = sh(f"strace -f -qq -o {self.trace} {script}")
        assert done.returncode == 0, done.stderr
        allowed: set[str] = set()
        for value in self.setting("SystemCallFilter"):
            names = self.expanded(value.lstrip("~").split())
            allowed = allowed - names if value.startswith("~") else allowed | names
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            made = {found[1] for line in file if (found := re.match(r"\d+ +([a-z_0-9]+)\(", line))}
        return made - allowed

    def expanded(self, names: list[str]) -> set[str]:
        out: set[str] = set()
        for name in names:
            if name.startswith("@"):
                text = sh(f"systemd-analyze syscall-filter {name}").stdout
                out |= self.expanded(re.findall(r"(?m)^    ([@a-z_0-9-]+)$", text))
            else:
                out.add(name)
        return out

    def log(self) -> str:
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def remove(self) -> None:
        self.stop()
        os.chdir("/")
        shutil.rmtree(self.here, ignore_errors=True)
