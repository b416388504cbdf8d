"""The thread that looks for tasks, in real servers with a real relay."""

from datetime import timedelta

from models import Envoi, Tache
from models.lists import EtatEnvoi, GenreEnvoi
from services.socle.horloge import utcnow
from tests.bases import Base
from tests.browser.outils import until
from tests.relais import relais
from tests.serveur import Serveur


def test_two_servers_on_one_base_send_what_waited_once_and_stop_politely(lancer) -> None:
    with relais() as r:
        smtp = {"SMTP_HOTE": "127.0.0.1", "SMTP_PORT": str(r.port), "SMTP_EXPEDITEUR": "carnet@ville.example"}
        un = lancer(demarrer=False, **smtp)
        deux = Serveur(Base(sgbd="sqlite", url=un.base_url, dossier=un.data_dir), **smtp)
        hier = utcnow() - timedelta(days=1)
        with un.session() as session:
            session.add(Tache(nom="expedition", prochaine=hier))
            for n in range(5):
                session.add(
                    Envoi(
                        genre=GenreEnvoi.RELANCE, courriel=f"a{n}@b.example", objet="o", message=b"Subject: o\r\n\r\nt",
                        message_id=f"{n}@ville.example", prochain_essai=hier, cree_le=hier,
                    )
                )  # fmt: skip
        try:
            un.start()
            deux.start()

            def etats() -> set[EtatEnvoi]:
                with un.session() as session:
                    return {session.get_one(Envoi, n).etat for n in range(1, 6)}

            assert until(lambda: etats() == {EtatEnvoi.ENVOYE}, attente=30)
            with un.session() as session:
                tache = session.get_one(Tache, "expedition")
                assert until(lambda: tache.finie_le is not None)
                assert tache.resultat == "5 envoyés, 0 à retenter"
        finally:
            deux.stop()
        un.stop()
        assert sorted(e.rcpt_tos[0] for e in r.recus) == [f"a{n}@b.example" for n in range(5)]
        assert "Traceback" not in un.log(500)
