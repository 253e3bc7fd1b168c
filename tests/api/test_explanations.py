"""Explanations over HTTP: sentences that a clerk reads to the person, for every payment, adding up to the fen; and who may read them."""
import pytest

from support.care import CARE, CARE_FEN, CareOffice
from support.client import problem
from support.office import answer
from support.register import STREET, TOWN


@pytest.fixture(scope="module")
def client_for(bankless, clients):
    """Clients of this module's stack."""
    return clients(bankless)


class Explained(CareOffice):
    """Three people: one in the town, one in a street, one who died after a month that was paid for too long."""

    def prepare(self):
        """May and June are paid; July is drafted after the death is known."""
        self.open()
        self.town, self.street, self.dead = self.cared(), self.cared(2, division=STREET), self.cared()
        self.paid("2020-05")
        self.paid("2020-06")
        self.died(self.dead, "2020-05-20")
        self.july = self.draft(CARE, "2020-07")
        return self

    def explain(self, unit, period, item=CARE, who="maker"):
        """An explanation whose figures must agree."""
        document = self.client(who).get(f"payments/entitlements/{item}/{unit}/{period}/explanation").json()
        check(document)
        return document


def check(document):
    """All figures of an explanation add up."""
    lines = document["calculation"]["lines"]
    assert document["due_fen"] == sum(line["amount_fen"] for line in lines)
    for payment in document["payments"]:
        assert payment["due_at_the_time_fen"] == sum(line["amount_fen"] for line in payment["lines"])
        assert payment["netted_fen"] == sum(one["amount_fen"] for one in payment["netted"])
        assert payment["amount_fen"] == payment["due_at_the_time_fen"] - payment["settled_before_fen"] - payment["netted_fen"]
        assert yuan(payment["amount_fen"]) in payment["zh"] and yuan(payment["amount_fen"]) in payment["en"]
    for line in lines:
        assert line["zh"] in document["calculation"]["zh"] and line["en"] in document["calculation"]["en"]


def yuan(fen):
    """An amount as the sentences have it."""
    return f"{fen // 100}.{fen % 100:02d}"


@pytest.fixture(scope="module")
def office(client_for):
    """The people of this module's stack at work."""
    return Explained(client_for).prepare()


def test_a_clerk_can_read_it_to_the_person(office):
    seen = office.explain(office.town, "2020-06")
    [line] = seen["calculation"]["lines"]
    source = line["standard"]["source"]
    tier = line["tier"]
    sentence = f"2020年6月：{tier['name_zh']}，每月60.00元，依据{source}（第1版），应发60.00元。"
    assert line["zh"] == sentence
    assert line["en"] == f"June 2020: {tier['name_en']}, 60.00 yuan a month, under {source} (version 1), 60.00 yuan due."
    assert seen["calculation"]["zh"] == f"{seen['item_zh']}：{sentence}合计60.00元。已到账60.00元，没有差额。"
    assert seen["calculation"]["en"] == f"{seen['item_en']}: {line['en']} 60.00 yuan in all. 60.00 yuan received, no difference."
    [payment] = seen["payments"]
    assert payment["zh"] == f"{seen['item_zh']}：{sentence}当时应发60.00元，本次已发60.00元，已到账。"
    assert (seen["due_fen"], seen["settled_fen"], seen["difference_fen"], payment["state"]) == (CARE_FEN, CARE_FEN, 0, "PAID")


def test_every_fact_is_named_and_no_clear_number(office):
    [line] = office.explain(office.street, "2020-06")["calculation"]["lines"]
    assert (line["rule"]["kind"], line["rule"]["version"], line["standard"]["amount_fen"]) == ("fixed", 1, CARE_FEN)
    assert line["certificate"]["grade"] == 2 and "*" in line["certificate"]["number_masked"]
    assert line["enrolment"] == office.get(f"payments/payments/{office.explain(office.street, '2020-06')['payments'][0]['id']}")["facts"][0]["enrolment"]


def test_a_stopped_month_says_why_and_what_is_too_much(office):
    june = office.explain(office.dead, "2020-06")
    assert [line["zh"] for line in june["calculation"]["lines"]] == ["2020年6月：停发，已去世。"]
    assert [line["en"] for line in june["calculation"]["lines"]] == ["June 2020: nothing is due, the person has died."]
    assert (june["due_fen"], june["settled_fen"], june["difference_fen"]) == (0, CARE_FEN, -CARE_FEN)
    assert june["calculation"]["zh"].endswith("合计0.00元。已到账60.00元，多发60.00元。")
    assert june["payments"][0]["due_at_the_time_fen"] == CARE_FEN  # frozen: at the time nobody knew
    assert office.explain(office.dead, "2020-05")["difference_fen"] == 0  # the month of the death is paid


def test_every_payment_of_the_runs_has_an_explanation_that_adds_up(office):
    payments = office.get("payments/payments", limit=500)["items"]
    assert len(payments) == 3 + 3 + 2
    for payment in payments:
        seen = office.get(f"payments/payments/{payment['id']}/explanation")
        check(seen)
        assert [(one["id"], one["amount_fen"]) for one in seen["payments"]] == [(payment["id"], payment["amount_fen"])]
        assert (seen["item"], seen["unit"], seen["period"]) == (payment["item"], payment["person_id"], payment["period"])


# What became of a payment: the sentence about it, and the one about the period

STATES = {
    "CREATED": ("本笔60.00元，待审批。", "已到账0.00元，正在办理发放60.00元。", "60.00 yuan wait for approval.", "60.00 yuan under way."),
    "APPROVED": ("已审批，待报送银行。", "已到账0.00元，正在办理发放60.00元。", "go to the bank next.", "60.00 yuan under way."),
    "SENT": ("已报送银行，待银行确认。", "已到账0.00元，正在办理发放60.00元。", "has not confirmed them yet.", "60.00 yuan under way."),
    "ACCEPTED": ("银行已受理，尚未到账。", "已到账0.00元，正在办理发放60.00元。", "not received yet.", "60.00 yuan under way."),
    "PAID": ("本次已发60.00元，已到账。", "已到账60.00元，没有差额。", "60.00 yuan paid and received.", "60.00 yuan received, no difference."),
    "RETURNED": ("已退回，本人未收到，待更正后重新发放。", "已到账0.00元，退回或未能入账、待更正后重新发放60.00元。", "came back from the bank: not received, to be paid again after correction.",
                 "0.00 yuan received, 60.00 yuan refused or returned, to be paid again after correction."),
    "REJECTED": ("银行未能入账，本人未收到，待更正后重新发放。", "已到账0.00元，退回或未能入账、待更正后重新发放60.00元。",
                 "could not be credited by the bank: not received, to be paid again after correction.",
                 "0.00 yuan received, 60.00 yuan refused or returned, to be paid again after correction."),
    "CANCELLED": ("本笔60.00元已取消，未发放。", "已到账0.00元，还应发60.00元。", "60.00 yuan were cancelled, not paid.", "60.00 yuan to pay."),
    "UNKNOWN": ("银行答复不明，正在核实。", "已到账0.00元，银行答复不明、正在核实60.00元。", "the bank has not said what became of them.", "60.00 yuan being checked with the bank."),
}


def expect_words(office, payment, state):
    """The explanation of a payment speaks of its state, and of money as paid only when it is."""
    zh, sum_zh, en, sum_en = STATES[state]
    seen = office.get(f"payments/payments/{payment}/explanation")
    check(seen)
    [one] = seen["payments"]
    assert one["state"] == state
    assert one["zh"].endswith(zh) and one["en"].endswith(en)
    assert seen["calculation"]["zh"].endswith(sum_zh) and seen["calculation"]["en"].endswith(sum_en)
    for text in (one["zh"], seen["calculation"]["zh"]):
        assert ("已发" in text or "没有差额" in text) == (state == "PAID")
    assert ("paid and received" in one["en"]) == (state == "PAID") and "settled" not in one["en"] + seen["calculation"]["en"]


def test_every_state_of_a_payment_has_its_words(client_for, bankless):
    office = Explained(client_for)
    people = [office.cared(since="2020-08-01") for _ in range(4)]
    run = office.draft(CARE, "2020-08")
    ids = {payment["person_id"]: payment["id"] for payment in office.payments(run["id"])}
    returned, rejected, accepted, paid = (ids[person] for person in people)
    expect_words(office, paid, "CREATED")
    client_for("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)
    expect_words(office, paid, "CANCELLED")

    run = office.draft(CARE, "2020-08")
    ids = {payment["person_id"]: payment["id"] for payment in office.payments(run["id"])}
    returned, rejected, accepted, paid = (ids[person] for person in people)
    office.approve(run)
    expect_words(office, paid, "APPROVED")
    file = office.release(run)
    expect_words(office, paid, "SENT")
    line = {ids[person]: (ids[person], CARE_FEN, office.cards[person]) for person in people}
    office.message(answer(file, [line[returned] + ("S",), line[rejected] + ("F", "E01", "账号不存在"), line[accepted] + ("W",), line[paid] + ("S",)]))
    office.message(answer(file, [line[returned] + ("R", "E02", "账户已销户")], kind="RTRN"))
    for payment, state in ((returned, "RETURNED"), (rejected, "REJECTED"), (accepted, "ACCEPTED"), (paid, "PAID")):
        expect_words(office, payment, state)
    client_for("maker").post(f"payments/payments/{rejected}/reissue", {}, expect=201)
    again = office.explain(people[1], "2020-08")
    assert [payment["state"] for payment in again["payments"]] == ["CANCELLED", "REJECTED", "CREATED"]
    assert again["payments"][1]["zh"].endswith("银行未能入账，本人未收到，已另行办理重新发放。")
    assert again["payments"][1]["en"].endswith("not received, another payment takes its place.")
    assert again["calculation"]["zh"].endswith("已到账0.00元，正在办理发放60.00元。")
    bankless.reconcile(bankless.cluster.psql("huimin_owner", "select app.today() + 1"))
    expect_words(office, accepted, "UNKNOWN")


def test_an_item_that_nobody_applied_for(office):
    seen = office.explain(office.town, "2020-Q2", "disabled-living")
    assert (seen["calculation"]["lines"], seen["payments"], seen["due_fen"]) == ([], [], 0)
    assert seen["calculation"]["zh"].endswith("本期没有登记。") and seen["calculation"]["en"].endswith("Nothing is enrolled for this period.")


def test_who_may_read_an_explanation(office, client_for):
    path = f"payments/entitlements/{CARE}/{office.town}/2020-06/explanation"
    street = client_for("street-reader", scopes=["payments:read"], divisions=[STREET])
    problem(street.get(path, expect=404), 404, "not_found")
    assert street.get(f"payments/entitlements/{CARE}/{office.street}/2020-06/explanation").json()["due_fen"] == CARE_FEN
    assert client_for("supervisor").get(path).json()["unit"] == office.town
    for reach in ({"divisions": [TOWN], "programmes": ["tekun"]}, {"district": 340104}, {"programmes": ["disabled-living"]}):
        other = client_for("other-reader", scopes=["payments:read"], **reach)
        problem(other.get(path, expect=404), 404, "not_found")
    payment = office.explain(office.town, "2020-06")["payments"][0]["id"]
    problem(street.get(f"payments/payments/{payment}/explanation", expect=404), 404, "not_found")
    problem(client_for("clerk").get(path, expect=403), 403, "forbidden")
    problem(client_for(None).get(path, expect=401), 401, "unauthenticated")


@pytest.mark.parametrize("unit, period, item, status, code", [
    (None, "2020-13", CARE, 400, "invalid_fields"), (None, "2020-Q2", CARE, 400, "invalid_fields"), (None, "x", CARE, 400, "invalid_fields"),
    (0, "2020-06", CARE, 404, "not_found"), (999_999, "2020-06", CARE, 404, "not_found"), ("x", "2020-06", CARE, 404, "not_found"),
    (-5, "2020-06", CARE, 404, "not_found"), (None, "2020-06", "nothing", 404, "not_found")])
def test_faulty_paths(office, unit, period, item, status, code):
    unit = office.town if unit is None else unit
    document = problem(office.client("maker").get(f"payments/entitlements/{item}/{unit}/{period}/explanation", expect=status), status, code)
    if status == 400:
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/period", "bad_period")]
    problem(office.client("maker").get("payments/payments/999999/explanation", expect=404), 404, "not_found")
