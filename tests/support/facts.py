"""Facts of a case, written short as in tests/store/entitlement_cases.yaml, turned into rows of the catalogue and the register.

Every case has items and people of its own, so that all cases share one district. A new row takes the place of what it overlaps: the
row before it ends where the new one begins. So the same words say what was known first and what was learned later.
"""
import calendar
import datetime
import itertools

from stack.bootstrap import DISTRICT
from support.district import quoted

MAIN = "main"
RELATIONS = {"alone": "01", "head": "02", "spouse": "10", "son": "20", "daughter": "30"}
RULE_COLUMNS = ("kind", "cycle", "tier_source", "rounding", "remainder", "accrual", "entry_basis", "exit_basis", "lookback_months",
                "netting_cap_percent", "age_min", "age_max", "age_max_at_school", "certificate_types", "months_max", "once_per")
EVERYBODY = {"born": "1960-05-01", "card": "own", "enrolled": "2020-01.."}
LONG_AGO = "2010-01-01.."


def listed(value):
    """A value or a list of values as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def first_day(text):
    """2020-03 or 2020-03-10 as a date."""
    return datetime.date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def day_after(text):
    """The day after a month or day."""
    day = first_day(text)
    return day + datetime.timedelta(days=1 if len(text) == 10 else calendar.monthrange(day.year, day.month)[1])


def span(text):
    """A..B, both counted, as an SQL daterange; `empty` holds nothing."""
    if text == "empty":
        return "'empty'::daterange"
    low, _, high = text.partition("..")
    return f"daterange({quoted(first_day(low)) if low else 'null'}, {quoted(day_after(high)) if high else 'null'})"


def lower(text):
    """The first day of A..B in SQL; of one without a beginning, long before everything."""
    low = text.partition("..")[0]
    return quoted(first_day(low)) if low else "'1900-01-01'"


def is_span(word):
    """Whether a word says when."""
    return ".." in word or word == "empty"


def split(text, otherwise=LONG_AGO):
    """(words, span) of a short text; without a span it holds `otherwise`."""
    words = str(text).split()
    spans = [word for word in words if is_span(word)]
    return [word for word in words if not is_span(word)], spans[0] if spans else otherwise


def literals(values):
    """Values as an SQL list; what is SQL already comes as a tuple of one."""
    return ", ".join(value[0] if isinstance(value, tuple) else quoted(value) for value in values)


def insert(table, **values):
    """An insert of one row; `district` is added. A tuple of one is SQL."""
    return f"insert into {table} (district, {', '.join(values)}) values ({DISTRICT}, {literals(values.values())});"


def ends(table, where, when):
    """Ends what overlaps `when` on the day it begins."""
    return (f"update {table} set valid = daterange(lower(valid), greatest(lower(valid), {lower(when)}::date)) where district = {DISTRICT}"
            f" and {where} and valid && {span(when)};")


EVENT = (":event",)
NEXT_VERSION = "version = version + 1, event_id = :event"


class Facts:
    """The rows of one case. `sql` collects what is to be run next, in a transaction that has the psql variable `event`."""

    def __init__(self, number, programmes, defaults):
        self.base, self.programmes, self.defaults = number * 1000, programmes, defaults
        self.people, self.households, self.enrolments = {}, {}, {}
        self.runs = {}  # period: the number of its last run
        self.statements = []
        self.serial = 0  # how often SQL was taken: 0 while the case begins
        self.ids = itertools.count(self.base + 1)

    def take(self):
        """The SQL collected so far, with a fresh event before it."""
        self.serial += 1
        text = "\n".join(self.statements)
        self.statements = []
        return (f"select audit.write_event('seed', 'seed', 'case-{self.base}-{self.serial}', '{{}}') as event \\gset\n{text}")

    def add(self, *statements):
        """Collects statements."""
        self.statements += statements

    def code(self, name):
        """The item's code of a programme of the case."""
        return f"case-{self.base}-{name}"

    # The catalogue

    def programme(self, name, template, rules=None, **changes):
        """An item with its rules, tiers and standards."""
        base, code = self.programmes[template], self.code(name)
        self.add(insert("programmes.item", code=code, sort=next(self.ids), programme_no=1, programme_zh="测试", programme_en="Test", item_zh=code,
                        item_en=code, lead_unit_zh="测试", kind="subsidy", indicator_zh="人数", indicator_en="people", target_op="=",
                        target=1, unit="person", per_person_payment="yes"))
        for tier, marks in changes.get("tiers", base.get("tiers")).items():
            ages = [int(age) if age else None for age in str(marks.get("age", "..")).split("..")]
            grades = marks.get("grades")
            self.add(insert("programmes.tier", item_code=code, code=tier, name_zh=tier, name_en=tier, age_from=ages[0], age_to=ages[1],
                            disability_grades=None if grades is None else (f"array{grades}",), state="APPROVED", proposed_by="one",
                            approved_by="two"))
        for rule in rules or [{}]:
            settings = {**self.defaults["rule"], **base.get("rule", {}), **changes.get("rule", {}), **rule}
            when = str(settings.pop("in_force", self.defaults["in_force"]))
            self.rule(code, when, settings)
        standards = base["standards"] if "tiers" not in changes else {}
        for tier, amounts in {**standards, **changes.get("standards", {})}.items():
            for amount in listed(amounts):
                self.standard(name, tier, amount)

    def rule(self, code, when, settings):
        """One approved rule."""
        values = {column: settings[column] for column in RULE_COLUMNS if column in settings}
        if "certificate_types" in values:
            values["certificate_types"] = (f"array{values['certificate_types']}",)
        if "basis" in settings:
            item, values["basis_tier"] = settings["basis"].split("/")
            values["basis_item"] = self.code(item)
        self.add(insert("programmes.rule", item_code=code, valid=(span(when),), source="by hand", confirmed=True, state="APPROVED",
                        proposed_by="one", approved_by="two", **values))

    def standard(self, name, tier, text, replace=False):
        """One standard: "742000 year 2020-01.." or "13000 percent"; `unconfirmed` or `proposed` when it is that."""
        (amount, per, *marks), when = split(text, self.defaults["in_force"])
        if replace:
            self.add(f"update programmes.standard set state = case when lower(valid) >= {lower(when)}::date then 'REPLACED' else state end,"
                     f" valid = case when lower(valid) >= {lower(when)}::date then valid else daterange(lower(valid), {lower(when)}) end"
                     f" where district = {DISTRICT} and item_code = {quoted(self.code(name))} and tier_code = {quoted(tier)}"
                     f" and state = 'APPROVED' and valid && {span(when)};")
        amounts = {"basis_points": int(amount)} if per == "percent" else {"amount_fen": int(amount)}
        proposed = "proposed" in marks
        self.add(insert("programmes.standard", item_code=self.code(name), tier_code=tier, amount_per=per, valid=(span(when),), source="by hand",
                        confirmed="unconfirmed" not in marks, state="PROPOSED" if proposed else "APPROVED", proposed_by="one",
                        approved_by=None if proposed else "two", **amounts))

    def exclusion(self, text):
        """"main/tier kind other/tier", the other being a programme of the case or benefit:code."""
        (who, kind, other), when = split(text)
        name, _, tier = who.partition("/")
        other_name, _, other_tier = other.partition("/")
        values = ({"other_benefit": other.removeprefix("benefit:")} if other.startswith("benefit:")
                  else {"other_item_code": self.code(other_name), "other_tier_code": other_tier or None})
        self.add(insert("programmes.exclusion", item_code=self.code(name), tier_code=tier or None, kind=kind, valid=(span(when),),
                        source="by hand", confirmed=True, state="APPROVED", proposed_by="one", approved_by="two", **values))

    # The register

    def person(self, name, facts):
        """A person, or what has changed about one."""
        facts = dict(facts) if name in self.people else {**EVERYBODY, **facts}
        if name not in self.people:
            self.new_person(name, facts)
        elif "died" in facts:
            self.add(f"update beneficiaries.person set death_date = {quoted(facts['died'])}, {NEXT_VERSION} where district = {DISTRICT}"
                     f" and id = {self.people[name]};")
        person = self.people[name]
        self.card(person, facts.get("card"))
        for item, stays in {MAIN: facts.get("enrolled"), **facts.get("also", {})}.items():
            for stay in listed(stays):
                self.stay(name, item, str(stay))
        for text in listed(facts.get("certificates")) + ([f"{facts['grade']} 2010-01-01.."] if "grade" in facts else []):
            self.certificate(person, text)
        for text in listed(facts.get("suspended")):
            self.suspension(name, text)
        for text in listed(facts.get("tiers")):
            self.tier_change(name, text)
        for text in listed(facts.get("school")):
            self.schooling(person, text)
        for text in listed(facts.get("benefits")):
            self.other_benefit(person, text)
        for text in listed(facts.get("activity")):
            self.activity(name, text)

    def new_person(self, name, facts):
        person = self.people[name] = next(self.ids)
        self.add(insert("beneficiaries.person", id=person, division=340103001, name="测试", name_folded="测试", sex="female",
                        birth_date=facts["born"], death_date=facts.get("died"), id_number_sealed="x",
                        id_number_index=(f"sha256('case-{person}')",), id_number_masked="3401**********0010", event_id=EVENT))

    def merge(self, person, survivor):
        """Says that a number is another person's too, or takes that back; what follows for the person is the database's part."""
        if survivor:
            self.add(insert("beneficiaries.person_merge", survivor_id=survivor, merged_id=person, cause="registered_twice", state="PROPOSED",
                            proposed_by="one", event_id=EVENT))
        changes = ("state = 'DONE', decided_by = 'two', decided_at = now()" if survivor else
                   "state = 'UNDONE', undo_cause = 'two_people', undo_proposed_by = 'one', undo_proposed_at = now(), undone_by = 'two',"
                   " undone_at = now()")
        self.add(f"update beneficiaries.person_merge set {changes}, version = version + 1,"
                 f" event_id = audit.write_event('seed', 'seed', 'merge-{person}-{self.serial}', '{{}}')"
                 f" where district = {DISTRICT} and merged_id = {person} and state = '{'PROPOSED' if survivor else 'DONE'}';")

    def card(self, person, card):
        """Whose card the money goes to: own, another person's, or none."""
        if card is None:
            return
        self.add(f"update beneficiaries.account set valid = daterange(lower(valid), app.today()) where district = {DISTRICT}"
                 f" and person_id = {person} and upper_inf(valid);")
        if card != "none":
            holder = person if card == "own" else self.people[card]
            self.add(insert("beneficiaries.account", person_id=person, holder_person_id=holder, kind="card", bank_number="319361000013",
                            number_sealed="x", number_index=(f"sha256('card-{person}-{self.serial}')",), number_masked="6217**********0004",
                            valid=("daterange(app.today(), null)",), event_id=EVENT))

    def stay(self, name, item, text):
        """"A..B [tier]", or a state without months; in a later step the months of the enrolment that there is."""
        words, when = split(text, "")
        if text == "none":
            return
        if self.serial and (name, item) in self.enrolments:
            self.add(f"update beneficiaries.enrolment set valid = {span(when)}, {NEXT_VERSION} where district = {DISTRICT}"
                     f" and id = {self.enrolments[name, item]};")
            return
        enrolment = self.enrolments[name, item] = next(self.ids)
        state = next((word for word in words if word.isupper()), None)
        tier = next((word for word in words if not word.isupper()), None)
        values = {"state": state or ("APPROVED" if when.endswith("..") else "ENDED")}
        if state is None:
            values.update(starts_on=(f"{lower(when)}::date" if when != "empty" else "'2020-01-01'",), valid=(span(when),))
        if values["state"] == "ENDED":
            values.update(end_cause="voluntary", ended_on=(f"{lower(when)}::date" if when != "empty" else "'2020-01-01'",))
        if values["state"] == "REJECTED":
            values["reject_cause"] = "not_eligible"
        if values["state"] != "APPLIED":
            values.update(decided_by="reviewer", decided_at=("now()",))
        self.add(insert("beneficiaries.enrolment", id=enrolment, person_id=self.people[name], division=340103001,
                        item_code=self.code(item), tier_code=tier, applied_on="2019-12-01", applied_by="clerk", event_id=EVENT, **values))

    def certificate(self, person, text):
        """"grade [typeN] A..B"; "none A.." only ends what there is."""
        (grade, *kind), when = split(text)
        self.add(ends("beneficiaries.certificate", f"person_id = {person}", when))
        if grade != "none":
            self.add(insert("beneficiaries.certificate", person_id=person, number_sealed="x", number_index=(f"sha256('certificate-{person}')",),
                            number_masked="3401****************43", disability_type=int(kind[0].removeprefix("type")) if kind else 4,
                            disability_grade=int(grade), valid=(span(when),), event_id=EVENT))

    def suspension(self, name, text):
        """"[programme] A..B"; "none A.." only ends what there is."""
        words, when = split(text)
        if words == ["none"]:
            self.add(ends("beneficiaries.suspension", f"enrolment_id = {self.enrolments[name, MAIN]}", when))
            return
        self.add(insert("beneficiaries.suspension", enrolment_id=self.enrolments[name, words[0] if words else MAIN], cause="review",
                        valid=(span(when),), event_id=EVENT))

    def tier_change(self, name, text):
        """"[programme] tier A..B"."""
        words, when = split(text)
        item = words[0] if len(words) == 2 else MAIN
        enrolment = self.enrolments[name, item]
        self.add(ends("beneficiaries.tier_change", f"enrolment_id = {enrolment}", when),
                 insert("beneficiaries.tier_change", enrolment_id=enrolment, item_code=self.code(item), tier_code=words[-1],
                        valid=(span(when),), cause="assessment", event_id=EVENT))

    def schooling(self, person, text):
        """"level A..B"."""
        (level,), when = split(text)
        self.add(insert("beneficiaries.schooling", person_id=person, school_code="123401034850123401", level=level, boarding=False,
                        valid=(span(when),), event_id=EVENT))

    def other_benefit(self, person, text):
        """"code [fen a month] A..B"; "code none A.." only ends what there is."""
        (code, *fen), when = split(text)
        if fen == ["none"]:
            self.add(ends("beneficiaries.other_benefit", f"person_id = {person} and benefit_code = {quoted(code)}", when))
            return
        self.add(insert("beneficiaries.other_benefit", person_id=person, benefit_code=code, month_fen=int(fen[0]) if fen else None,
                        valid=(span(when),), source="by hand", event_id=EVENT))

    def activity(self, name, text):
        """"month quantity [fen] [void]"; "month void" voids what there is."""
        month, quantity, *more = str(text).split()
        if quantity == "void":
            self.add(f"update beneficiaries.activity set voided = true where district = {DISTRICT} and month = {quoted(first_day(month))}"
                     f" and enrolment_id = {self.enrolments[name, MAIN]};")
            return
        amounts = [int(word) for word in more if word.isdigit()]
        self.add(insert("beneficiaries.activity", enrolment_id=self.enrolments[name, MAIN], month=first_day(month), quantity=int(quantity),
                        amount_fen=amounts[0] if amounts else None, reference=f"sheet {self.serial}-{len(self.statements)}",
                        voided="void" in more, event_id=EVENT))

    def household(self, name, facts):
        """A household with its members and income, or what has changed about it."""
        if name not in self.households:
            household = self.households[name] = next(self.ids)
            self.add(insert("beneficiaries.household", id=household, division=340103001, number=f"H{household}", event_id=EVENT))
        household = self.households[name]
        for member, month in facts.get("ends", {}).items():
            self.add(ends("beneficiaries.household_member", f"person_id = {self.people[member]}", f"{day_after(month)}.."))
        members = [(self.people[member], *split(text, "..")) for member, texts in facts.get("members", {}).items() for text in listed(texts)]
        self.add(*(ends("beneficiaries.household_member", f"person_id = {person}", when) for person, _, when in members))
        for person, (relation,), when in members:
            self.add(insert("beneficiaries.household_member", household_id=household, person_id=person, relation=RELATIONS[relation],
                            valid=(span(when),), event_id=EVENT))
        for text in listed(facts.get("income")):
            (fen,), when = split(text, "..")
            self.add(ends("beneficiaries.household_income", f"household_id = {household}", when))
            if fen != "none":
                self.add(insert("beneficiaries.household_income", household_id=household, per_head_year_fen=int(fen), valid=(span(when),),
                                event_id=EVENT))

    def change(self, facts):
        """What a later step says: people, households, standards."""
        for tier, text in facts.get("standards", {}).items():
            self.standard(MAIN, tier, text, replace=True)
        self.register({name: changed for name, changed in facts.items() if name in self.people}, facts.get("households", {}))

    def register(self, people, households):
        """People, their households, and last who of them is the same person."""
        for name, person in people.items():
            self.person(name, person)
        for name, household in households.items():
            self.household(name, household)
        for name, person in people.items():
            if "merged" in person:
                self.merge(self.people[name], self.people.get(person["merged"]))


def facts_of(number, case, programmes, defaults):
    """The facts that a case begins with."""
    facts = Facts(number, programmes, defaults)
    others = case.get("also", [])
    for name in others:
        facts.programme(name, name, **(others[name] if isinstance(others, dict) else {}))
    facts.programme(MAIN, case["programme"], case.get("rules"), **{key: case[key] for key in ("rule", "tiers", "standards") if key in case})
    for text in case.get("exclusions", []):
        facts.exclusion(text)
    facts.register(case["people"], case.get("households", {}))
    return facts
