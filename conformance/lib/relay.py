"""What stands between two gateways: it passes octets on, both ways, and stops where it is told, so
that something is surely under way when one of the two dies. It reads nothing of what it passes."""
from __future__ import annotations

import socket
import threading

PATIENCE = 120.0  # seconds that nothing here takes
AT_ONCE = 65536
QUESTIONS, ANSWERS = "questions", "answers"


class Relay:
    """caller: who connects to us; callee: whom we connect to for him."""

    def __init__(self, port: int) -> None:
        self.callee = ("127.0.0.1", port)
        self.changed = threading.Condition()
        self.passed = 0             # octets of what is counted since hold()
        self.limit: int | None = None
        self.counted = self.stopped = ANSWERS
        self.callers_left = 0       # by themselves, while a connection was open
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    # -- what a scene says -------------------------------------------------------------------------

    def hold(self, octets: int, counted: str = ANSWERS, stopped: str = "") -> None:
        """From now on no more than about so many octets of them pass; or, when so many have, none
        of the others."""
        with self.changed:
            self.passed, self.limit = 0, octets
            self.counted, self.stopped = counted, stopped or counted

    def let_go(self) -> None:
        with self.changed:
            self.limit = None
            self.changed.notify_all()

    def wait_held(self) -> None:
        with self.changed:
            assert self.changed.wait_for(self.is_held, PATIENCE), f"only {self.passed} octets came"

    def wait_left(self, before: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.callers_left > before, PATIENCE), \
                "the caller has not left"

    def close(self) -> None:
        self.let_go()
        self.listening.close()

    # -- what it does ------------------------------------------------------------------------------

    def is_held(self) -> bool:
        return self.limit is not None and self.passed >= self.limit

    def accept(self) -> None:
        while True:
            try:
                caller, _ = self.listening.accept()
            except OSError:
                return
            try:
                callee = socket.create_connection(self.callee)
            except OSError:
                caller.close()
                continue
            for pump in (self.questions, self.answers):
                threading.Thread(target=pump, args=(caller, callee), daemon=True).start()

    def questions(self, caller: socket.socket, callee: socket.socket) -> None:
        if self.pass_on(caller, callee, QUESTIONS):
            with self.changed:
                self.callers_left += 1
                self.changed.notify_all()
        self.end(caller, callee)

    def answers(self, caller: socket.socket, callee: socket.socket) -> None:
        self.pass_on(callee, caller, ANSWERS)
        self.end(caller, callee)

    def await_turn(self, which: str) -> None:
        with self.changed:
            self.changed.wait_for(lambda: which != self.stopped or not self.is_held())

    def count(self, which: str, octets: int) -> None:
        with self.changed:
            if which == self.counted:
                self.passed += octets
                self.changed.notify_all()

    def pass_on(self, source: socket.socket, sink: socket.socket, which: str) -> bool:
        """True: the source has ended; False: nobody takes what it says."""
        while True:
            try:
                octets = source.recv(AT_ONCE)
            except OSError:
                octets = b""
            if not octets:
                return True
            self.await_turn(which)
            try:
                sink.sendall(octets)
            except OSError:
                return False
            self.count(which, len(octets))

    @staticmethod
    def end(*both: socket.socket) -> None:
        """As when a process dies: what comes all the same is answered by a reset."""
        for one in both:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself
            one.close()
