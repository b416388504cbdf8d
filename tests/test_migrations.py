"""The schema: what the models say, whole or not at all, and back again, on both databases."""

import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, event, inspect, text
from sqlalchemy.exc import IntegrityError

from models import Base as Tables
from services.socle import pli, schema
from services.socle.db import make_engine
from settings import ROOT


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        contexte = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return list(compare_metadata(contexte, Tables.metadata))


def downgrade(engine: Engine, vers: str, *, migrations: Path = schema.MIGRATIONS) -> None:
    with engine.connect().execution_options(writer=True) as connection, connection.begin():
        config = schema.alembic_config(migrations)
        config.attributes["connection"] = connection
        command.downgrade(config, vers)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def add_agents(connection: Connection, n: int) -> None:
    for i in range(n):
        connection.execute(
            text(
                "INSERT INTO agent (identifiant, nom, role, mot_de_passe, actif, echecs, version) "
                "VALUES (:i, :i, 'secretaire', 'x', true, 0, 1)"
            ),
            {"i": f"agent{i}"},
        )


def test_models_match_migrations(vide: Engine) -> None:
    schema.migrate(vide)
    assert differences(vide) == []
    assert schema.version(vide) == schema.head()


def test_the_comparison_sees_a_difference(vide: Engine) -> None:
    schema.migrate(vide)
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        connection.execute(text("ALTER TABLE agent ADD COLUMN de_trop INTEGER"))
    assert len(differences(vide)) == 1


def test_up_down_and_up_again(vide: Engine) -> None:
    schema.migrate(vide)
    attendues = tables(vide)
    downgrade(vide, "base")
    assert tables(vide) == {"alembic_version"}
    schema.migrate(vide)
    assert tables(vide) == attendues
    assert differences(vide) == []


def test_migrating_twice_changes_nothing(vide: Engine) -> None:
    schema.migrate(vide)
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        add_agents(connection, 2)
    schema.migrate(vide)
    with vide.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM agent")).scalar_one() == 2


def test_every_constraint_has_a_name() -> None:
    sans_nom = [
        f"{table.name}: {contrainte!r}"
        for table in Tables.metadata.tables.values()
        for contrainte in [*table.constraints, *table.indexes]
        if not contrainte.name
    ]
    assert sans_nom == []


@pytest.mark.postgresql
def test_names_fit_postgresql() -> None:
    """PostgreSQL cuts a name at 63 bytes, SQLite does not: a migration that drops one would miss it."""
    trop_longs = [
        str(contrainte.name)
        for table in Tables.metadata.tables.values()
        for contrainte in [*table.constraints, *table.indexes]
        if len(str(contrainte.name)) > 63
    ]
    assert trop_longs == []


def test_texts_already_there_are_folded(vide: Engine) -> None:
    """What was written before 0003 is found by the search everywhere, and survives the way down."""
    schema.migrate(vide)
    downgrade(vide, "0002")
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO reunion (type, titre, debut, fin, etat, motif, version) VALUES "
                "('autre', 'Éclairage, l’Œuvre', '2026-01-01 10:00', '2026-01-01 11:00', 'tenue', '', 1)"
            )
        )
    for _ in range(2):
        schema.migrate(vide)
        with vide.connect() as connection:
            assert connection.execute(text("SELECT recherche FROM reunion")).scalar_one() == "eclairage l oeuvre"
        downgrade(vide, "0002")


def test_numbers_already_there_are_found(vide: Engine) -> None:
    """What was written before 0005 is found by its number, exactly as the services fold it, and goes back as it was."""
    avant = {"martin claire": "05 46 51 51 51", "durand": "", "muller": "+352 26 12 34", "noel": "17"}
    schema.migrate(vide)
    downgrade(vide, "0004")
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        connection.execute(text("INSERT INTO categorie (nom, archive, version) VALUES ('Autre', false, 1)"))
        for plie, telephone in avant.items():
            valeurs = {"plie": plie, "telephone": telephone}
            connection.execute(
                text(
                    "INSERT INTO personne (nom, prenom, courriel, telephone, recherche, version) "
                    "VALUES (:plie, '', '', :telephone, :plie, 1)"
                ),
                valeurs,
            )
            connection.execute(
                text(
                    "INSERT INTO partenaire (nom, sigle, categorie_id, sous_categorie, commune, adresse, telephone, "
                    "courriel, site, note, recherche, version) VALUES (:plie, '', (SELECT id FROM categorie), '', '', "
                    "'', :telephone, '', '', '', :recherche, 1)"
                ),
                valeurs | {"recherche": f"{plie} |  | autre"},
            )
    for _ in range(2):
        schema.migrate(vide)
        with vide.connect() as connection:
            for nom, telephone, recherche in connection.execute(text("SELECT nom, telephone, recherche FROM personne")):
                assert recherche == pli.personne(nom, "", [telephone])
            rows = connection.execute(text("SELECT nom, telephone, recherche, verifie_le FROM partenaire"))
            for nom, telephone, recherche, verifie_le in rows:
                assert recherche == pli.partenaire(nom, "", "Autre", "", telephone)
                assert verifie_le is None
        downgrade(vide, "0004")
        with vide.connect() as connection:
            assert set(connection.scalars(text("SELECT recherche FROM personne"))) == set(avant)
            plies = {f"{plie} |  | autre" for plie in avant}
            assert set(connection.scalars(text("SELECT recherche FROM partenaire"))) == plies


# --- interrupted -------------------------------------------------------------------------------------------------


def statements(engine: Engine) -> int:
    """How many statements a whole migration sends."""
    vus: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: vus.append(a[2]))
    schema.migrate(engine)
    return len(vus)


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 1.0])
def test_interrupted_first_migration_leaves_nothing(vide: Engine, part: float, tmp_path: Path) -> None:
    """Cut at a statement, or (1.0) where the version is about to be written."""
    autre = make_engine(f"sqlite:///{tmp_path / 'compte.db'}")
    arret = int(statements(autre) * part)
    autre.dispose()
    compte = 0

    def couper(_connection: object, _cursor: object, ordre: str, *_: object) -> None:
        nonlocal compte
        compte += 1
        if ordre.startswith("INSERT INTO alembic_version") if part == 1.0 else compte == arret:
            raise KeyboardInterrupt

    event.listen(vide, "before_cursor_execute", couper)
    with pytest.raises(KeyboardInterrupt):
        schema.migrate(vide)
    event.remove(vide, "before_cursor_execute", couper)
    assert tables(vide) == set()
    assert schema.version(vide) is None
    schema.migrate(vide)
    assert differences(vide) == []


SUITE = '''
"""A later migration that changes a table with rows, then rows, then adds a table."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{precedente}"
branch_labels = depends_on = None

def upgrade():
    with op.batch_alter_table("agent") as t:
        t.add_column(sa.Column("bureau", sa.String(length=40), nullable=True))
    op.execute("UPDATE agent SET bureau = 'A1'")
    op.create_table("apres", sa.Column("id", sa.Integer(), primary_key=True))
    {fin}

def downgrade():
    op.drop_table("apres")
    with op.batch_alter_table("agent") as t:
        t.drop_column("bureau")
'''


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Where a next migration can be written, beside a copy of ours."""
    dossier = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, dossier, ignore=shutil.ignore_patterns("__pycache__"))
    return dossier / "versions" / "9999_suite.py"


def test_interrupted_next_migration_keeps_the_rows(vide: Engine, suite: Path) -> None:
    schema.migrate(vide)
    avant = schema.head()
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        add_agents(connection, 3)
    suite.write_text(SUITE.format(precedente=avant, fin="raise RuntimeError('coupure')"))
    with pytest.raises(RuntimeError, match="coupure"):
        schema.migrate(vide, migrations=suite.parent.parent)
    assert schema.version(vide) == avant
    assert differences(vide) == []
    with vide.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM agent")).scalar_one() == 3
    suite.write_text(SUITE.format(precedente=avant, fin="pass"))
    schema.migrate(vide, migrations=suite.parent.parent)
    assert schema.version(vide) == "9999"
    with vide.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM agent WHERE bureau = 'A1'")).scalar_one() == 3


MIGRER = """
import sys
from pathlib import Path
from services.socle import schema
from services.socle.db import make_engine
schema.migrate(make_engine(sys.argv[1]), migrations=Path(sys.argv[2]))
"""


def test_killed_in_the_middle(vide: Engine, suite: Path) -> None:
    schema.migrate(vide)
    avant = schema.head()
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        add_agents(connection, 3)
    suite.write_text(SUITE.format(precedente=avant, fin="import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    url = vide.url.render_as_string(hide_password=False)
    mort = subprocess.run([sys.executable, "-c", MIGRER, url, str(suite.parent.parent)], cwd=ROOT, check=False)
    assert mort.returncode == -9
    assert schema.version(vide) == avant
    assert differences(vide) == []
    suite.write_text(SUITE.format(precedente=avant, fin="pass"))
    schema.migrate(vide, migrations=suite.parent.parent)
    assert schema.version(vide) == "9999"


def test_two_processes_start_on_an_empty_base(vide: Engine) -> None:
    url = vide.url.render_as_string(hide_password=False)
    deux = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRER, url, str(schema.MIGRATIONS)], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    erreurs = [p.communicate()[1] for p in deux]
    assert [p.returncode for p in deux] == [0, 0], erreurs
    assert differences(vide) == []


def test_new_rhythms_on_a_filled_base(vide: Engine) -> None:
    """A closed list that grows: rows stay, the new values come in, others are still refused; and the way down."""
    schema.migrate(vide)
    downgrade(vide, "0009")

    def instance(connection: Connection, nom: str, frequence: str) -> None:
        connection.execute(
            text(
                "INSERT INTO instance (nom, type, frequence, texte_convocation, texte_invitation, archive, version) "
                "VALUES (:n, 'autre', :f, '', '', false, 1)"
            ),
            {"n": nom, "f": frequence},
        )

    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        instance(connection, "RT", "mensuelle")
        connection.execute(
            text(
                "INSERT INTO reunion (type, titre, debut, fin, etat, motif, recherche, instance_id, version) SELECT "
                "'autre', 'RT', '2026-01-01 10:00', '2026-01-01 11:00', 'tenue', '', '', id, 1 FROM instance"
            )
        )
    schema.migrate(vide)
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        instance(connection, "Q", "quinzaine")
    with (
        pytest.raises(IntegrityError),
        vide.connect().execution_options(writer=True) as connection,
        connection.begin(),
    ):
        instance(connection, "J", "chaque_jour")
    downgrade(vide, "0009")
    with vide.connect() as connection:
        lues = connection.execute(text("SELECT i.nom, frequence FROM instance i LEFT JOIN reunion r ON 1 = 1")).all()
    assert sorted(tuple(x) for x in lues) == [("Q", "mensuelle"), ("RT", "mensuelle")]
    schema.migrate(vide)
    assert differences(vide) == []


# Seat -> its function, the day of its signature, when it was written down, when its holder came by a replacement; and
# whose it is. Claire (1) was there until 31 August, Jean (2) is since 1 September; both as "Chef".
_SIGNATURES: dict[str, tuple[int | None, str, str | None, str | None, int | None]] = {
    "signed by her who left": (2, "2026-03-10", None, None, 1),
    "signed by him": (2, "2026-10-10", None, None, 2),
    "replacement written late, signature noted before": (2, "2026-09-20", "2026-09-20", "2026-10-05", 1),
    "replacement written late, signature noted after": (2, "2026-09-20", "2026-10-06", "2026-10-05", 2),
    "nothing tells": (2, "2026-09-20", None, "2026-10-05", None),
    "never replaced": (1, "2026-03-10", None, None, 1),
    "nobody on the seat, one holder that day": (None, "2026-03-10", None, None, 1),
    "nobody there yet": (None, "2019-03-10", None, None, None),
}


@pytest.mark.parametrize("cas", _SIGNATURES)
def test_signatures_go_to_who_signed(vide: Engine, cas: str) -> None:
    """What 0016 knows from the journal and the dates goes to a person; what it does not stays on the seat."""
    tenue, le, notee, venue, attendu = _SIGNATURES[cas]
    schema.migrate(vide)
    downgrade(vide, "0015")
    rien: dict[str, Any] = dict.fromkeys(
        ("sigle", "sous_categorie", "commune", "adresse", "telephone", "courriel", "site", "note", "recherche"), ""
    )
    signee = date.fromisoformat(le)
    with vide.connect().execution_options(writer=True) as connection, connection.begin():

        def poser(ou: str, /, **valeurs: Any) -> None:
            table = Table(ou, MetaData(), autoload_with=connection)
            valeurs = {c: v for c, v in ({"version": 1} | valeurs).items() if c in table.c}
            connection.execute(table.insert().values(valeurs))

        poser("categorie", id=1, nom="Autre", archive=False)
        poser("partenaire", **rien, id=1, nom="OPH", categorie_id=1, relance_actions=False)
        poser(
            "instance", id=1, nom="RT", type="autre", frequence="mensuelle", texte_convocation="", texte_invitation="",
            archive=False,
        )  # fmt: skip
        fins = {1: None if tenue == 1 else date(2026, 8, 31), 2: None}
        for i, debut in ((1, date(2020, 1, 1)), (2, date(2026, 9, 1))):
            poser("personne", **rien, id=i, nom=f"P{i}", prenom="")
            if i == 1 or tenue != 1:
                poser("fonction", id=i, personne_id=i, partenaire_id=1, intitule="Chef", debut=debut, fin=fins[i])
        poser(
            "siege", id=1, instance_id=1, partenaire_id=1, fonction="Chef", fonction_id=tenue, ordre=0, invite=False,
            charte_signee_le=signee,
        )  # fmt: skip
        if notee:
            poser(
                "journal", quand=datetime.fromisoformat(notee), acte="instance.membre.regler", objet="instance",
                objet_id=1, resume=f"Membre convoqué, charte signée le {signee:%d/%m/%Y} : OPH – RT", recherche="",
            )  # fmt: skip
        if venue:
            poser(
                "journal", quand=datetime.fromisoformat(venue), acte="remplacer", objet="fonction", objet_id=2,
                resume="Titulaire remplacé", recherche="",
            )  # fmt: skip
    schema.migrate(vide)
    with vide.connect() as connection:
        signees = connection.execute(text("SELECT personne_id, signee_le FROM charte_signee")).all()
        reste = connection.execute(text("SELECT charte_signee_le FROM siege")).scalar_one()
    assert [(p, str(j)) for p, j in signees] == ([(attendu, le)] if attendu else [])
    assert (reste is None) is (attendu is not None)
    downgrade(vide, "0015")


def test_releves_already_sent_become_versions(vide: Engine) -> None:
    """A relevé sent before 0013 is its version 1; of one reopened since, the journal tells when, by whom and why."""
    schema.migrate(vide)
    downgrade(vide, "0012")
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        add_agents(connection, 2)
        for id, etat in ((1, "diffuse"), (2, "valide"), (3, "diffuse"), (4, "projet")):
            connection.execute(
                text(
                    "INSERT INTO reunion (id, type, titre, debut, fin, etat, motif, salle, sequence, uid_externe, "
                    "recherche, version) VALUES (:id, 'autre', 'Réunion', '2026-01-01 10:00', '2026-01-01 11:00', "
                    "'tenue', '', 'confirmee', 0, '', '', 1)"
                ),
                {"id": id},
            )
            connection.execute(
                text(
                    "INSERT INTO releve (reunion_id, etat, valide_le, valide_par, diffuse_le, diffuse_par, document, "
                    "version) VALUES (:id, :etat, :v, :qui, :d, :qui, :document, 1)"
                ),
                {
                    "id": id,
                    "etat": etat,
                    "v": None if etat == "projet" else "2026-02-03 09:00:00",
                    "d": "2026-02-04 09:00:00" if etat == "diffuse" else None,
                    "qui": None if etat == "projet" else 1,
                    "document": f"mots {id}".encode() if etat == "diffuse" else None,
                },
            )
        for n, (id, acte, quand) in enumerate(
            [(1, "valider", 3), (1, "diffuser", 4)]
            + [(r, a, j) for r in (3, 4) for a, j in (("valider", 1), ("diffuser", 1), ("rouvrir", 2))]
            + [(3, "valider", 3), (3, "diffuser", 4)]
        ):
            mots = "Relevé rouvert (une date (fausse)) : Réunion" if acte == "rouvrir" else "x"
            connection.execute(
                text(
                    "INSERT INTO journal (quand, agent_id, acte, objet, objet_id, resume, recherche) "
                    "VALUES (:quand, 2, :acte, 'reunion', :id, :resume, '')"
                ),
                {"quand": f"2026-02-0{quand} 09:0{n % 10}:00", "acte": f"releve.{acte}", "id": id, "resume": mots},
            )
        for n, (id, jour) in enumerate(((1, 4), (3, 1), (3, 4), (4, 1))):
            connection.execute(
                text(
                    "INSERT INTO envoi (genre, reunion_id, courriel, objet, sequence, annonce, message_id, etat, "
                    "erreur, essais, cree_le) VALUES ('releve', :id, 'x@y.fr', 'x', 0, '', :m, 'remis', '', 0, :le)"
                ),
                {"id": id, "m": f"m{n}", "le": f"2026-02-0{jour} 08:59:00"},
            )
    for _ in range(2):
        schema.migrate(vide)
        with vide.connect() as connection:
            versions = connection.execute(
                text("SELECT reunion_id, numero, document FROM version_releve ORDER BY reunion_id, numero")
            ).all()
            octets = [(r, n, bytes(d) if d is not None else None) for r, n, d in versions]
            assert octets == [(1, 1, b"mots 1"), (3, 1, None), (3, 2, b"mots 3"), (4, 1, None)]
            portees = connection.execute(
                text("SELECT reunion_id, version_releve FROM envoi ORDER BY reunion_id, cree_le")
            ).all()
            assert [tuple(p) for p in portees] == [(1, 1), (3, 1), (3, 2), (4, 1)]
            actes = connection.execute(
                text("SELECT acte, agent_id, motif FROM evenement_releve WHERE reunion_id = 4 ORDER BY id")
            ).all()
            assert [tuple(a) for a in actes] == [
                ("valider", 2, ""),
                ("diffuser", 2, ""),
                ("rouvrir", 2, "une date (fausse)"),
            ]
            valides = text("SELECT acte, agent_id FROM evenement_releve WHERE reunion_id = 2")
            assert [tuple(a) for a in connection.execute(valides).all()] == [("valider", 1)]
        downgrade(vide, "0012")


def test_acts_of_before_are_spelt_as_those_of_now(vide: Engine) -> None:
    schema.migrate(vide)
    downgrade(vide, "0016")
    with vide.begin() as connection:
        for acte, objet in (
            ("creer", "theme"),
            ("annuler", "operation"),
            ("verifier", "partenaire"),
            ("piece.retirer", "reunion"),
        ):
            connection.execute(
                text(
                    "INSERT INTO journal (quand, acte, objet, resume, recherche) "
                    "VALUES ('2026-02-03 09:00:00', :acte, :objet, 'x', '')"
                ),
                {"acte": acte, "objet": objet},
            )
    for _ in range(2):
        schema.migrate(vide)
        with vide.connect() as connection:
            actes = connection.execute(text("SELECT acte FROM journal ORDER BY id")).scalars().all()
        assert actes == ["theme.creer", "operation.annuler", "partenaire.verifier", "piece.retirer"]
        downgrade(vide, "0016")
        with vide.connect() as connection:
            assert set(connection.execute(text("SELECT acte FROM journal")).scalars()) >= {"annuler", "verifier"}
