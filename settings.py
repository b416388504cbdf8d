"""Every setting, typed, from the environment (or a `.env` file); checked when `app.py` is imported.

The README's table lists them. A wrong value stops the start with one French sentence.
"""

import os
import sys
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
VERSION = "0.1.0"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    port: Annotated[int, Field(ge=1, le=65535)] = 8501
    adresse_ecoute: str = "127.0.0.1"
    data_dir: Path = ROOT / "data"
    database_url: str = ""
    fuseau: str = "Europe/Paris"
    https: bool = False
    session_inactive_minutes: Annotated[int, Field(ge=5, le=1440)] = 480
    session_max_heures: Annotated[int, Field(ge=1, le=168)] = 12
    origines: str = ""
    attente_base_s: Annotated[int, Field(ge=0, le=86400)] = 0
    demonstration: bool = False
    smtp_hote: str = ""  # no relay: messages are handed to the agent's own mail program
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_securite: Literal["aucune", "starttls", "tls"] = "aucune"
    smtp_utilisateur: str = ""
    smtp_mot_de_passe: SecretStr = SecretStr("")
    smtp_expediteur: str = ""

    @field_validator("smtp_expediteur")
    @classmethod
    def known_sender(cls, value: str) -> str:
        if value:
            try:
                return validate_email(value, check_deliverability=False).normalized
            except EmailNotValidError as error:
                raise ValueError("doit être une adresse comme tranquillite@ville.fr") from error
        return value

    @model_validator(mode="after")
    def relay_with_a_sender(self) -> "Settings":
        if self.smtp_hote and not self.smtp_expediteur:
            raise ValueError("donnez SMTP_EXPEDITEUR, l’adresse d’où partent les messages, avec SMTP_HOTE")
        return self

    @field_validator("origines")
    @classmethod
    def known_origins(cls, value: str) -> str:
        for origine in value.replace(",", " ").split():
            parts = urlsplit(origine)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
                raise ValueError(
                    "doit être une liste d’adresses comme https://carnet.ville.fr, séparées par des virgules"
                )
        return value

    @field_validator("database_url")
    @classmethod
    def known_database(cls, value: str) -> str:
        if value.startswith("postgres://"):
            value = "postgresql://" + value.removeprefix("postgres://")
        if value.startswith("postgresql://"):
            value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("doit commencer par postgresql:// ou sqlite:///")
        try:
            url = make_url(value) if value else None
        except (ArgumentError, ValueError) as error:
            raise ValueError(
                "est illisible : écrivez postgresql://utilisateur:mot-de-passe@serveur:5432/base"
            ) from error
        if url is not None and not url.database:
            raise ValueError("doit finir par le nom de la base")
        return value

    @field_validator("adresse_ecoute")
    @classmethod
    def known_address(cls, value: str) -> str:
        try:
            ip_address("127.0.0.1" if value == "localhost" else value)
        except ValueError as error:
            raise ValueError("doit être une adresse IP de cette machine, ou 0.0.0.0 pour toutes") from error
        return value

    @field_validator("fuseau")
    @classmethod
    def known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("doit être un fuseau horaire connu, par exemple Europe/Paris") from error
        return value

    @property
    def url(self) -> str:
        """SQLAlchemy address of the base; a file under `data_dir` unless DATABASE_URL says otherwise."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'carnet.db'}"

    @property
    def origines_admises(self) -> frozenset[str]:
        """Origins accepted beside the host's own, lower case."""
        return frozenset(self.origines.lower().replace(",", " ").split())

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.fuseau)


# What each bound says in French: pydantic's own messages are English.
_PHRASES = {
    "int_parsing": "doit être un nombre entier",
    "greater_than_equal": "est trop petit (minimum {ge})",
    "less_than_equal": "est trop grand (maximum {le})",
    "bool_parsing": "doit être true ou false",
    "literal_error": "doit être aucune, starttls ou tls",
}


@cache
def get_settings() -> Settings:
    """The settings of this process.

    Raises:
        SystemExit: a value is wrong; its text is one French sentence naming the variable.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        phrase = _PHRASES.get(first["type"], first["msg"].removeprefix("Value error, "))
        if not first["loc"]:
            raise SystemExit(f"Réglages refusés : {phrase}. Corrigez-les, puis relancez.") from error
        name = str(first["loc"][0]).upper()
        given = (
            "" if name in ("DATABASE_URL", "SMTP_MOT_DE_PASSE") else f"={first.get('input')!s}"
        )  # it may hold a password
        raise SystemExit(
            f"Réglage {name}{given} refusé : {phrase.format(**first.get('ctx', {}))}. "
            "Corrigez-le dans l’environnement ou le fichier .env, puis relancez."
        ) from error
    if not settings.database_url:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemExit(
                f"Réglage DATA_DIR={settings.data_dir} refusé : dossier impossible à créer ({error.strerror}). "
                "Choisissez un dossier où l’application peut écrire."
            ) from error
        if not os.access(settings.data_dir, os.W_OK | os.X_OK):
            raise SystemExit(
                f"Réglage DATA_DIR={settings.data_dir} refusé : dossier interdit en écriture. "
                "Choisissez un dossier où l’application peut écrire."
            )
    return settings


if __name__ == "__main__":
    get_settings()
    sys.stdout.write("Réglages valides.\n")
