"""The life of a meeting: series, échéancier, convocations, messages, templates, feeds, relevés, files, tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AJOUTS = (
    ("action", "acceptee_le", "DATE"),
    ("agent", "courriel", "VARCHAR(200) NOT NULL DEFAULT ''"),
    ("agent", "recapitulatif", "BOOLEAN NOT NULL DEFAULT false"),
    ("instance", "texte_convocation", "VARCHAR(2000) NOT NULL DEFAULT ''"),
    ("instance", "texte_invitation", "VARCHAR(2000) NOT NULL DEFAULT ''"),
    ("lieu", "contact", "VARCHAR(120) NOT NULL DEFAULT ''"),
    ("lieu", "telephone", "VARCHAR(40) NOT NULL DEFAULT ''"),
    ("lieu", "courriel", "VARCHAR(200) NOT NULL DEFAULT ''"),
    ("partenaire", "relance_actions", "BOOLEAN NOT NULL DEFAULT false"),
    (
        "reunion",
        "salle",
        "VARCHAR(30) NOT NULL DEFAULT 'a_reserver' "
        "CONSTRAINT ck_reunion_etatsalle CHECK (salle IN ('a_reserver', 'demandee', 'confirmee'))",
    ),
    ("reunion", "serie_id", "INTEGER CONSTRAINT fk_reunion_serie_id REFERENCES serie (id)"),
    ("reunion", "sequence", "INTEGER NOT NULL DEFAULT 0"),
    ("reunion", "uid_externe", "VARCHAR(255) NOT NULL DEFAULT ''"),
    ("siege", "invite", "BOOLEAN NOT NULL DEFAULT false"),
    ("siege", "charte_signee_le", "DATE"),
)


def _choix(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    op.create_table(
        "jalon_type",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            _choix(
                "typereunion",
                "cellule_veille",
                "reunion_technique",
                "reunion_exceptionnelle",
                "reunion_projet",
                "autre",
            ),
            nullable=False,
        ),
        sa.Column("libelle", sa.String(length=120), nullable=False),
        sa.Column("jours", sa.Integer(), nullable=False),
        sa.Column(
            "sens",
            _choix(
                "sensjalon",
                "manuel",
                "salle_demandee",
                "salle_confirmee",
                "convocation",
                "releve_valide",
                "releve_diffuse",
            ),
            nullable=False,
        ),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("archive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jalon_type")),
    )
    op.create_table(
        "jour_evite",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("genre", _choix("genrejourevite", "elu", "evenement"), nullable=False),
        sa.Column("libelle", sa.String(length=120), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jour_evite")),
    )
    op.create_index(op.f("ix_jour_evite_debut"), "jour_evite", ["debut"])
    op.create_table(
        "phrase",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("genre", _choix("genrephrase", "note", "reponse", "action"), nullable=False),
        sa.Column("texte", sa.String(length=500), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("archive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_table(
        "tache",
        sa.Column("nom", sa.String(length=40), nullable=False),
        sa.Column("prochaine", sa.DateTime(), nullable=False),
        sa.Column("bail_par", sa.String(length=64), nullable=False),
        sa.Column("bail_jusqua", sa.DateTime(), nullable=True),
        sa.Column("commencee_le", sa.DateTime(), nullable=True),
        sa.Column("finie_le", sa.DateTime(), nullable=True),
        sa.Column("resultat", sa.String(length=300), nullable=False),
        sa.Column("erreur", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("nom", name=op.f("pk_tache")),
    )
    op.create_table(
        "flux",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("secteur_id", sa.Integer(), nullable=True),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("cree_le", sa.DateTime(), nullable=False),
        sa.Column("cree_par", sa.Integer(), nullable=True),
        sa.Column("revoque_le", sa.DateTime(), nullable=True),
        sa.Column("lu_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_flux_agent_id")),
        sa.ForeignKeyConstraint(["cree_par"], ["agent.id"], name=op.f("fk_flux_cree_par")),
        sa.ForeignKeyConstraint(["secteur_id"], ["secteur_veille.id"], name=op.f("fk_flux_secteur_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flux")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_flux_empreinte")),
    )
    op.create_index(op.f("ix_flux_agent_id"), "flux", ["agent_id"])
    op.create_index(op.f("ix_flux_secteur_id"), "flux", ["secteur_id"])
    op.create_table(
        "modele",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "genre",
            _choix(
                "genremodele",
                "convocation",
                "invitation",
                "ordre_du_jour",
                "emargement",
                "chevalets",
                "releve",
                "releve_public",
                "recueil",
            ),
            nullable=False,
        ),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("depose_le", sa.DateTime(), nullable=False),
        sa.Column("depose_par", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["depose_par"], ["agent.id"], name=op.f("fk_modele_depose_par")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_modele_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele")),
        sa.UniqueConstraint("genre", "instance_id", name=op.f("uq_modele_genre_instance_id")),
    )
    op.create_table(
        "serie",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("regle", sa.String(length=300), nullable=False),
        sa.Column("debut", sa.DateTime(), nullable=False),
        sa.Column("creee_le", sa.DateTime(), nullable=False),
        sa.Column("creee_par", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["creee_par"], ["agent.id"], name=op.f("fk_serie_creee_par")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_serie_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serie")),
    )
    op.create_index(op.f("ix_serie_instance_id"), "serie", ["instance_id"])
    op.create_table(
        "destinataire",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reunion_id", sa.Integer(), nullable=False),
        sa.Column("partenaire_id", sa.Integer(), nullable=False),
        sa.Column("personne_id", sa.Integer(), nullable=True),
        sa.Column("fonction", sa.String(length=160), nullable=False),
        sa.Column("courriel", sa.String(length=200), nullable=False),
        sa.Column("invite", sa.Boolean(), nullable=False),
        sa.Column("retenu", sa.Boolean(), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("reponse", _choix("reponse", "sans_reponse", "vient", "excuse", "remplace"), nullable=False),
        sa.Column("remplacant", sa.String(length=160), nullable=False),
        sa.Column("repondu_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaire.id"], name=op.f("fk_destinataire_partenaire_id")),
        sa.ForeignKeyConstraint(["personne_id"], ["personne.id"], name=op.f("fk_destinataire_personne_id")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_destinataire_reunion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinataire")),
        sa.UniqueConstraint(
            "reunion_id", "partenaire_id", "fonction", name=op.f("uq_destinataire_reunion_id_partenaire_id_fonction")
        ),
    )
    op.create_index(op.f("ix_destinataire_partenaire_id"), "destinataire", ["partenaire_id"])
    op.create_index(op.f("ix_destinataire_personne_id"), "destinataire", ["personne_id"])
    op.create_index(op.f("ix_destinataire_reunion_id"), "destinataire", ["reunion_id"])
    op.create_table(
        "jalon_fait",
        sa.Column("reunion_id", sa.Integer(), nullable=False),
        sa.Column("jalon_type_id", sa.Integer(), nullable=False),
        sa.Column("fait_le", sa.Date(), nullable=False),
        sa.Column("fait_par", sa.Integer(), nullable=True),
        sa.Column("sans_objet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["fait_par"], ["agent.id"], name=op.f("fk_jalon_fait_fait_par")),
        sa.ForeignKeyConstraint(["jalon_type_id"], ["jalon_type.id"], name=op.f("fk_jalon_fait_jalon_type_id")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_jalon_fait_reunion_id")),
        sa.PrimaryKeyConstraint("reunion_id", "jalon_type_id", name=op.f("pk_jalon_fait")),
    )
    op.create_index(op.f("ix_jalon_fait_jalon_type_id"), "jalon_fait", ["jalon_type_id"])
    op.create_table(
        "releve",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reunion_id", sa.Integer(), nullable=False),
        sa.Column("etat", _choix("etatreleve", "projet", "valide", "diffuse"), nullable=False),
        sa.Column("valide_le", sa.DateTime(), nullable=True),
        sa.Column("valide_par", sa.Integer(), nullable=True),
        sa.Column("diffuse_le", sa.DateTime(), nullable=True),
        sa.Column("diffuse_par", sa.Integer(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["diffuse_par"], ["agent.id"], name=op.f("fk_releve_diffuse_par")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_releve_reunion_id")),
        sa.ForeignKeyConstraint(["valide_par"], ["agent.id"], name=op.f("fk_releve_valide_par")),
        sa.PrimaryKeyConstraint("reunion_id", name=op.f("pk_releve")),
    )
    op.create_table(
        "envoi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "genre",
            _choix(
                "genreenvoi", "convocation", "mise_a_jour", "annulation", "rappel", "releve", "relance", "recapitulatif"
            ),
            nullable=False,
        ),
        sa.Column("reunion_id", sa.Integer(), nullable=True),
        sa.Column("destinataire_id", sa.Integer(), nullable=True),
        sa.Column("partenaire_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("courriel", sa.String(length=200), nullable=False),
        sa.Column("objet", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("annonce", sa.String(length=400), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("etat", _choix("etatenvoi", "a_envoyer", "envoye", "echec", "remis", "retire"), nullable=False),
        sa.Column("erreur", sa.String(length=300), nullable=False),
        sa.Column("essais", sa.Integer(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(), nullable=True),
        sa.Column("cree_le", sa.DateTime(), nullable=False),
        sa.Column("cree_par", sa.Integer(), nullable=True),
        sa.Column("envoye_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_envoi_agent_id")),
        sa.ForeignKeyConstraint(["cree_par"], ["agent.id"], name=op.f("fk_envoi_cree_par")),
        sa.ForeignKeyConstraint(["destinataire_id"], ["destinataire.id"], name=op.f("fk_envoi_destinataire_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaire.id"], name=op.f("fk_envoi_partenaire_id")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_envoi_reunion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envoi")),
        sa.UniqueConstraint("message_id", name=op.f("uq_envoi_message_id")),
    )
    op.create_index(op.f("ix_envoi_agent_id"), "envoi", ["agent_id"])
    op.create_index(op.f("ix_envoi_destinataire_id"), "envoi", ["destinataire_id"])
    op.create_index(op.f("ix_envoi_etat_prochain_essai"), "envoi", ["etat", "prochain_essai"])
    op.create_index(op.f("ix_envoi_partenaire_id"), "envoi", ["partenaire_id"])
    op.create_index(op.f("ix_envoi_reunion_id"), "envoi", ["reunion_id"])
    op.create_table(
        "piece_jointe",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reunion_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("type_mime", sa.String(length=100), nullable=False),
        sa.Column("taille", sa.Integer(), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("depose_le", sa.DateTime(), nullable=False),
        sa.Column("depose_par", sa.Integer(), nullable=True),
        sa.Column("retire_le", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(reunion_id IS NULL) <> (action_id IS NULL)", name=op.f("ck_piece_jointe_un_seul_objet")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_piece_jointe_action_id")),
        sa.ForeignKeyConstraint(["depose_par"], ["agent.id"], name=op.f("fk_piece_jointe_depose_par")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_piece_jointe_reunion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_jointe")),
    )
    op.create_index(op.f("ix_piece_jointe_action_id"), "piece_jointe", ["action_id"])
    op.create_index(op.f("ix_piece_jointe_empreinte"), "piece_jointe", ["empreinte"])
    op.create_index(op.f("ix_piece_jointe_reunion_id"), "piece_jointe", ["reunion_id"])
    # Not `batch_alter_table`, which on SQLite drops the table that others point to and writes it anew.
    for table, colonne, forme in AJOUTS:
        op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {colonne} {forme}"))
    op.add_column("parametre", sa.Column("contenu", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_reunion_serie_id"), "reunion", ["serie_id"])
    op.create_index(op.f("ix_reunion_uid_externe"), "reunion", ["uid_externe"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reunion_uid_externe"), "reunion")
    op.drop_index(op.f("ix_reunion_serie_id"), "reunion")
    op.execute(sa.text("ALTER TABLE parametre DROP COLUMN contenu"))
    for table, colonne, _ in reversed(AJOUTS):
        op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {colonne}"))
    for table in (
        "piece_jointe",
        "envoi",
        "releve",
        "jalon_fait",
        "destinataire",
        "serie",
        "modele",
        "flux",
        "tache",
        "phrase",
        "jour_evite",
        "jalon_type",
    ):
        op.drop_table(table)
