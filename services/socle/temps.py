"""Dates as the house prints them: "mar. 24 nov., 14 h 00". What must not be parted at the end of a line (a day from its
month, a number from its unit) is held by no-break spaces.

Tests: tests/services/socle/test_texte.py.
"""

from datetime import date, datetime, time

JOURS_COURTS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MOIS_COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def heure(t: time | datetime) -> str:
    """14 h 00, with no-break spaces."""
    return f"{t.hour}\u00a0h\u00a0{t.minute:02d}"


def jour(d: date, *, annee_de: date | None = None) -> str:
    """mar. 24 nov.; the year is added when it differs from that of `annee_de`."""
    premier = "1er" if d.day == 1 else str(d.day)
    texte = f"{JOURS_COURTS[d.weekday()]}\u00a0{premier}\u00a0{MOIS_COURTS[d.month - 1]}"
    return texte if annee_de is None or annee_de.year == d.year else f"{texte}\u00a0{d.year}"


def jour_long(d: date) -> str:
    """mardi 24 novembre 2026."""
    premier = "1er" if d.day == 1 else str(d.day)
    return f"{JOURS[d.weekday()]} {premier}\u00a0{MOIS[d.month - 1]}\u00a0{d.year}"


def mois_long(d: date) -> str:
    """novembre."""
    return MOIS[d.month - 1]


def moment(dt: datetime, *, annee_de: date | None = None) -> str:
    """mar. 24 nov., 14 h 00."""
    return f"{jour(dt.date(), annee_de=annee_de)}, {heure(dt)}"


def periode(debut: datetime, fin: datetime) -> str:
    """mardi 24 novembre 2026, 14 h 00 – 16 h 00."""
    suite = heure(fin) if fin.date() == debut.date() else f"{jour_long(fin.date())}, {heure(fin)}"
    return f"{jour_long(debut.date())}, {heure(debut)} – {suite}"


def retard(echeance: date, today: date) -> str:
    """en retard de 6 jours."""
    return jours_de_retard((today - echeance).days)


def jours_de_retard(n: int) -> str:
    """The same, from the number of days."""
    return f"en retard de {n}\u00a0jour{'s' if n > 1 else ''}"
