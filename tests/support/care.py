"""Payments of the care subsidy for disabled people, for tests over HTTP: people, runs, the bank's answers, deaths."""
from support.office import Office, answer
from support.register import TOWN, card, id_number

CARE = "disabled-care"
CARE_FEN = 6000  # of one month


class CareOffice(Office):
    """An office that pays the care subsidy. `cards` holds each person's account number."""

    def __init__(self, client):
        super().__init__(client)
        self.cards = {}

    def open(self, funds_fen=1_000_000):
        """A bank and money from two sources."""
        self.contract_bank()
        self.fund(CARE, funds_fen, "拨2020-1")
        self.fund(CARE, funds_fen, "拨2020-2", "central")
        return self

    def cared(self, grade=1, *, division=TOWN, since="2020-01-01"):
        """Somebody with a certificate of that grade, enrolled from a month on; returns the person's number."""
        number, account = id_number(), card()
        person = self.register(number=number, division=division, account=account)
        self.client("clerk").post(f"beneficiaries/persons/{person}/certificates", {"number": f"{number}4{grade}"}, expect=201)
        self.enrol(person, CARE, since=since)
        self.cards[person] = account
        return person

    def paid(self, period, **more):
        """A run of the period that the bank has paid."""
        run, file = self.released(CARE, period, **more)
        lines = [(payment["id"], payment["amount_fen"], self.cards[payment["person_id"]], "S") for payment in self.payments(run["id"])]
        self.message(answer(file, lines))
        return self.run(run["id"])

    def died(self, person, day):
        """The register learns of a death."""
        clerk = self.client("clerk")
        etag = clerk.get(f"beneficiaries/persons/{person}").headers["ETag"]
        clerk.patch(f"beneficiaries/persons/{person}", {"death_date": day}, etag=etag)
