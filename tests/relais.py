"""A real SMTP server on loopback, the town's relay in tests: what it receives is read back by Python's own reader."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import vobject
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


@dataclass
class Relais:
    """What arrived, and what is refused: `refuse` maps an address to the answer it gets; hung up on `raccroche`."""

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    raccroche: str = ""
    recus: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.raccroche in envelope.rcpt_tos:
            server.transport.close()
            return "421 Raccroche"
        self.recus.append(envelope)
        return "250 OK"

    def a(self, adresse: str) -> list[EmailMessage]:
        """The messages that address received, first ones first."""
        return [lu(e) for e in self.recus if adresse in e.rcpt_tos]


def lu(enveloppe: Envelope) -> EmailMessage:
    octets = enveloppe.original_content or b""
    return cast(EmailMessage, message_from_bytes(octets, policy=default))


def agenda(message: EmailMessage) -> Any:
    """Its calendar object, read by somebody else's program (vobject)."""
    parties = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    assert len(parties) == 1
    return vobject.readOne(parties[0].get_content())


def port_libre() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def relais(*, port: int = 0) -> Iterator[Relais]:
    """Started, on a free port unless one is given; stopped at the end."""
    r = Relais(port or port_libre())
    controller = Controller(r, hostname="127.0.0.1", port=r.port, ready_timeout=20)
    controller.start()
    try:
        yield r
    finally:
        controller.stop()
