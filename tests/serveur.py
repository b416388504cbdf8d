"""The real application in a process of its own, as `make run` starts it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlmodel import Session

from services.socle.db import make_engine
from settings import ROOT
from tests.bases import Base, free_port
from tests.cast import create_cast

_PORTS: list[int] = []  # of servers that ended: at the same address, the browser knows the application's code already


class Serveur:
    """`url` is where it answers, `base_url` its base, `data_dir` its DATA_DIR. Started by `start()`."""

    def __init__(self, base: Base, **env: str) -> None:
        self.base = base
        self.base_url = base.url
        self.data_dir = base.dossier
        self.port = free_port(_PORTS.pop() if _PORTS else 0)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = base.dossier / "serveur.log"
        self.env = {
            **os.environ,
            "DATABASE_URL": base.url,
            "DATA_DIR": str(base.dossier),
            "PORT": str(self.port),
            **env,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, attente: float = 60) -> None:
        """Start, and return once /sante answers 200."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py",
                 f"--server.port={self.port}", "--server.address=127.0.0.1"],
                cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        fin = time.monotonic() + attente
        while time.monotonic() < fin:
            if self._process.poll() is not None:
                raise RuntimeError(f"le serveur s’est arrêté ({self._process.returncode})\n{self.log()}")
            try:
                if httpx.get(f"{self.url}/sante", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        self.kill()
        raise TimeoutError(f"pas de réponse de /sante en {attente} s\n{self.log()}")

    def _end(self, how: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it politely."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (kill -9)."""
        self._end(signal.SIGKILL)

    def log(self, lignes: int = 60) -> str:
        """The end of what the server printed."""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lignes:])

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the server's base, from the test's own process, committed at the end."""
        engine = make_engine(self.base_url)
        try:
            with engine.connect().execution_options(writer=True) as connection, Session(connection) as session:
                yield session
                session.commit()
        finally:
            engine.dispose()

    def create_accounts(self) -> None:
        """The cast's four accounts."""
        with self.session() as session:
            create_cast(session)

    def close(self) -> None:
        self.stop()
        _PORTS.append(self.port)
        shutil.rmtree(self.data_dir, ignore_errors=True)


def data_dir(parent: Path) -> Path:
    """An empty DATA_DIR under `parent`."""
    numero = len(list(parent.glob("serveur*")))
    dossier = parent / f"serveur{numero}"
    dossier.mkdir(parents=True)
    return dossier
