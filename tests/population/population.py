"""A made-up population of Luyang District of exactly the size that the notice of 2020 states. See README.md.

Nobody in it exists: identity numbers lie in the county code 340199, which no county has, cards on a BIN that no bank has, and
phones on ranges that no operator had in 2020. The same seed and factor give the same bytes on every run.
"""
import argparse
import csv
import hashlib
import io
import json
import os
import random
from datetime import date, timedelta

import population_names as names

SEED = 20200630
REFERENCE_DATE = date(2020, 6, 1)
COUNTY = "340199"
DIBAO, TEKUN, ORPHAN, LIVING, CARE = (
    "农村居民最低生活保障", "特困人员供养", "孤儿基本生活保障", "困难残疾人生活补贴", "重度残疾人护理补贴")
ITEMS = (DIBAO, TEKUN, ORPHAN, LIVING, CARE)
DIBAO_STANDARD_FEN = 742000

PEOPLE_HEADER = ("姓名", "身份证号", "手机号", "街道代码", "户编号", "与户主关系", "户年人均收入", "残疾证号", "账户类型", "开户行号", "账号",
                 "户名身份证号")
ENROLMENTS_HEADER = ("身份证号", "项目", "档次", "申请日期", "起始月份")

# Code, weight among disabled people (roughly by inhabitants), weight among rural households.
STREETS = (
    ("340103001", 10, 0), ("340103002", 13, 0), ("340103003", 9, 0), ("340103004", 9, 0), ("340103005", 9, 0), ("340103006", 8, 0),
    ("340103009", 10, 0), ("340103012", 9, 4), ("340103100", 13, 50), ("340103200", 4, 40), ("340103400", 6, 6))

SELF, HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT = "01", "02", "10", "20", "30", "40", "50"  # GB/T 4761
BANK_BODIES = ("31936100000", "31936100123", "10236100000", "10336100056", "40236100012", "40336100034")
CARD, LEGACY, PASSBOOK = "银行卡", "旧卡", "存折"
PHONE_PREFIXES = ("154", "160", "161")
LEAP_BIRTHS = (date(1940, 2, 29), date(1952, 2, 29), date(1964, 2, 29), date(1988, 2, 29))
CENTENARIAN_BIRTHS = (date(1920, 1, 1), date(1919, 10, 1), date(1916, 2, 29))
LEAP_CHILD_BIRTH = date(2012, 2, 29)
LAST_APPLICATION = date(2019, 12, 20)


def id_check_character(first17):
    """GB 11643-1999: ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights)) % 11]


def luhn_digit(body):
    """ISO/IEC 7812-1: the digit that makes body + digit pass mod 10."""
    total = 0
    for i, d in enumerate(reversed(body)):
        n = int(d) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def bank_number(body):
    """CNAPS: 11 digits and the check digit by ISO 7064 MOD 11,10."""
    p = 10
    for d in body:
        p = 2 * ((p + int(d)) % 10 or 10) % 11
    return body + str((11 - p) % 10)


def scaled(count, factor):
    return max(1, int(count * factor + 0.5))


class Person:
    __slots__ = ("name", "male", "birth", "id_number", "phone", "street", "household", "relation", "income_fen", "certificate",
                 "account", "holder", "enrolments")

    def __init__(self, name, male, birth, id_number):
        self.name, self.male, self.birth, self.id_number = name, male, birth, id_number
        self.phone = self.street = self.household = self.relation = self.certificate = ""
        self.income_fen = None   # of a dibao household's head: yearly income per head
        self.account = None      # (kind, bank number, account number)
        self.holder = ""         # identity number of the account's holder when it is another person
        self.enrolments = []     # (item, tier, date of application, first month)

    def age(self):
        born, ref = self.birth, REFERENCE_DATE
        return ref.year - born.year - ((ref.month, ref.day) < (born.month, born.day))

    def pay_on(self, head):
        """Takes the head's account as a household does that is paid on one card."""
        self.account, self.holder = head.account, head.id_number


class Maker:
    """Makes people, and families of people, that clash with nobody made before."""

    def __init__(self, rng):
        self.rng = rng
        self.used_ids, self.used_accounts, self.used_phones = set(), set(), set()
        self.banks = [bank_number(b) for b in BANK_BODIES]

    def birth(self, age_min, age_max):
        """A birth date with age_min <= age <= age_max on the reference date."""
        first = date(REFERENCE_DATE.year - age_max - 1, REFERENCE_DATE.month, REFERENCE_DATE.day) + timedelta(days=1)
        last = date(REFERENCE_DATE.year - age_min, REFERENCE_DATE.month, REFERENCE_DATE.day)
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))

    def adult_birth(self):
        age = int(self.rng.triangular(18, 97, 62))
        return self.birth(age, age)

    def id_number(self, birth, male):
        while True:
            sequence = self.rng.randrange(1, 1000)
            if sequence % 2 != male:
                continue
            first17 = f"{COUNTY}{birth:%Y%m%d}{sequence:03d}"
            number = first17 + id_check_character(first17)
            # A good number that ends in 000 looks like one that a spreadsheet has cut.
            if number not in self.used_ids and not number.endswith("000"):
                self.used_ids.add(number)
                return number

    def digits(self, count):
        return "".join(self.rng.choices("0123456789", k=count))

    def account(self):
        while True:
            draw = self.rng.random()
            if draw < 0.86:
                body = "620199" + self.digits(12)
                kind, number = CARD, body + luhn_digit(body)
            elif draw < 0.91:
                kind, number = LEGACY, "90199" + self.digits(self.rng.choice((11, 13, 14)))
            else:
                kind, number = PASSBOOK, str(self.rng.randrange(1, 9)) + self.digits(self.rng.randrange(11, 22))
            if number not in self.used_accounts and not number.endswith("0000"):
                self.used_accounts.add(number)
                return kind, self.rng.choice(self.banks), number

    def phone(self):
        while True:
            number = self.rng.choice(PHONE_PREFIXES) + self.digits(8)
            if number not in self.used_phones:
                self.used_phones.add(number)
                return number

    def person(self, birth, family=None, male=None, name=None):
        if male is None:
            male = self.rng.random() < 0.52
        name = name or names.full(self.rng, male, birth.year, family)
        person = Person(name, male, birth, self.id_number(birth, male))
        if self.rng.random() >= 0.08:
            person.phone = self.phone()
        return person

    def certificate(self, person, grades):
        kind = self.rng.choices("1234567", (12, 9, 3, 45, 10, 14, 7))[0]
        draw = self.rng.random()
        suffix = "B1" if draw < 0.06 else "B2" if draw < 0.07 else ""
        person.certificate = f"{person.id_number}{kind}{self.rng.choice(grades)}{suffix}"

    def enrol(self, person, item, tier="", applied=None, month_after=False):
        first = max(date(2018, 1, 1), person.birth + timedelta(days=20))
        if applied is None or applied < first:
            applied = first + timedelta(days=self.rng.randrange((LAST_APPLICATION - first).days + 1))
        year, month = applied.year, applied.month + (1 if month_after else 0)
        if month == 13:
            year, month = year + 1, 1
        person.enrolments.append((item, tier, applied.isoformat(), f"{year}-{month:02d}"))
        return applied


class Population:
    """Households (lists of people, the account holder first) by programme."""

    def __init__(self, seed=SEED, factor=1.0):
        self.seed, self.factor = seed, factor
        self.rng = random.Random(seed)
        self.maker = Maker(self.rng)
        self.households = []
        self.household_count = 0
        self.leap_child = True   # a child born on 29 February is still to come
        n = {k: scaled(v, factor) for k, v in {"dibao": 1059, "tekun": 63, "scattered": 25, "institution": 7, "care": 3770,
                                               "severe": 957, "moderate": 443}.items()}
        self.counts = n
        n["dibao_severe"] = min(n["severe"], round(n["severe"] / 3), n["dibao"] // 3)
        n["dibao_moderate"] = min(n["moderate"], round(n["moderate"] / 3), n["dibao"] // 3)
        n["orphan_care"] = min(round(3 * factor), n["care"] - n["severe"], n["institution"])
        self.make_dibao()
        self.make_tekun()
        self.make_orphans()
        self.make_disabled()
        self.rng.shuffle(self.households)
        self.households.sort(key=lambda people: people[0].street)  # stable: a list comes from the field street by street

    def street(self, rural):
        return self.rng.choices([s[0] for s in STREETS], [s[2 if rural else 1] for s in STREETS])[0]

    def settle(self, people, rural, numbered=True):
        """Gives the people one street and, if asked, one household number and sometimes one phone."""
        street, number = self.street(rural), ""
        if numbered:
            self.household_count += 1
            number = f"H{self.household_count:06d}"
        shared_phone = self.rng.random() < 0.4
        for person in people:
            person.street, person.household = street, number
            if not numbered:
                person.relation = ""
            if person is not people[0] and person.phone and (shared_phone or person.age() < 12):
                person.phone = people[0].phone
        self.households.append(people)

    # ---- rural dibao

    def dibao_household(self, size):
        rng, maker = self.rng, self.maker
        head = maker.person(maker.birth(30, 86) if size == 1 else maker.birth(32, 66))
        head.relation = SELF if size == 1 else HEAD
        people, roles = [head], []
        if size >= 2:
            roles.append(SPOUSE if size > 2 or rng.random() < 0.5 else rng.choice((SON, PARENT)))
        roles += [SON] * min(size - 2, 2) + [PARENT] * max(0, size - 4)
        for role in roles:
            other_parent = people[-1] if role == PARENT and people[-1].relation == PARENT else None
            people.append(self.relative(head, role, other_parent))
        return people

    def relative(self, head, role, other_parent=None):
        rng, maker, age = self.rng, self.maker, head.age()
        if role == SPOUSE:
            person = maker.person(maker.birth(max(22, age - 5), age + 5), male=not head.male)
            person.relation = SPOUSE
        elif role == PARENT:
            male = not other_parent.male if other_parent else rng.random() < 0.4
            person = maker.person(maker.birth(age + 20, age + 28), male=male, family=names.family_of(head.name) if male else None)
            person.relation = PARENT
        else:
            born_at = rng.randrange(21, 32)
            birth = maker.birth(max(1, age - born_at - 1), max(1, age - born_at))
            if birth.year > 2018:
                birth = date(2019, rng.randrange(1, 12), rng.randrange(1, 29))
            person = maker.person(birth, family=names.family_of(head.name))
            person.relation = SON if person.male else DAUGHTER
        return person

    def income_fen(self):
        """Yearly income per head, always below the standard by enough that a month's top-up is more than ten yuan."""
        draw = self.rng.random()
        if draw < 0.08:
            return 0
        if draw < 0.5:
            return self.rng.randrange(4, 73) * 10000
        return self.rng.randrange(30000, 729999)

    def make_dibao(self):
        n, rng, maker = self.counts, self.rng, self.maker
        households, left = [], n["dibao"]
        while left:
            size = min(left, rng.choices((1, 2, 3, 4, 5, 6), (44, 28, 15, 8, 3.5, 1.5))[0])
            households.append(self.dibao_household(size))
            left -= size
        members = [(person, people[0]) for people in households for person in people]
        for people in households:
            head = people[0]
            head.income_fen, head.account = self.income_fen(), maker.account()
            applied = maker.enrol(head, DIBAO, month_after=True)
            for person in people[1:]:
                maker.enrol(person, DIBAO, applied=applied, month_after=True)
        disabled = rng.sample(members, n["dibao_severe"] + n["dibao_moderate"])
        for i, (person, head) in enumerate(disabled):
            self.make_disabled_person(person, severe=i < n["dibao_severe"], living=True)
            if person is not head:
                self.give_account(person, head)
        for person, head in members:
            if person.account is None and person.age() >= 18 and rng.random() < 0.05:
                person.account = maker.account()
        self.add_uncovered(households)
        for people in households:
            self.settle(people, rural=True)

    def add_uncovered(self, households):
        """Members who live in a dibao household but are not covered: infants of 2020 nobody has applied for yet, grown children."""
        wide = [people for people in households if len(people) > 1]
        for i, people in enumerate(self.rng.sample(wide, min(len(wide), scaled(6, self.factor)))):
            head, infant = people[0], i % 3 < 2 or people[0].age() < 42
            birth = date(2020, self.rng.randrange(1, 6), self.rng.randrange(1, 29)) if infant else self.maker.birth(19, 21)
            person = self.maker.person(birth, family=names.family_of(head.name))
            person.relation = GRANDCHILD if infant and head.age() >= 46 else SON if person.male else DAUGHTER
            people.append(person)

    def give_account(self, person, head):
        """A card of one's own for some grown-ups, the head's card for the others and all children."""
        if person.age() >= 16 and self.rng.random() < 0.4:
            person.account = self.maker.account()
        else:
            person.pay_on(head)

    # ---- tekun

    def make_tekun(self):
        n, maker = self.counts["tekun"], self.maker
        full, half = round(n * 8 / 63), round(n * 15 / 63)
        for i in range(n):
            tier = "全护理" if i < full else "半护理" if i < full + half else "全自理"
            share = self.rng.random()
            birth = maker.birth(60, 92) if share < 0.86 else maker.birth(18, 59) if share < 0.96 else maker.birth(12, 15)
            person = maker.person(birth, male=self.rng.random() < 0.8)
            if person.age() < 60 or (tier == "全护理" and self.rng.random() < 0.6):
                maker.certificate(person, "12")  # disabled, and yet without both disability subsidies: tekun excludes them
            person.relation, person.account = SELF, maker.account()
            maker.enrol(person, TEKUN, tier, month_after=True)
            self.settle([person], rural=True, numbered=self.rng.random() < 0.7)

    # ---- orphans: all still under 18 at the end of 2020

    def orphan(self, tier, family=None):
        while True:
            birth = self.maker.birth(3, 17)
            if birth >= date(2003, 1, 2):
                break
        person = self.maker.person(birth, family=family)
        self.maker.enrol(person, ORPHAN, tier)
        return person

    def make_orphans(self):
        n, maker = self.counts, self.maker
        left = n["scattered"]
        while left:
            guardian = maker.person(maker.birth(58, 76))
            guardian.relation, guardian.account = HEAD, maker.account()
            family, people = names.family_of(guardian.name), [guardian]
            for _ in range(min(left, 2 if self.rng.random() < 0.15 else 1)):
                child = self.orphan("散居", family)
                child.relation = GRANDCHILD
                if child.age() >= 16:
                    child.account = maker.account()
                else:
                    child.pay_on(guardian)
                people.append(child)
            left -= len(people) - 1
            self.settle(people, rural=False)
        for i in range(n["institution"]):
            child = self.orphan("集中")
            child.account = maker.account()
            if i < n["orphan_care"]:
                maker.certificate(child, "12")
                maker.enrol(child, CARE)
            self.settle([child], rural=False, numbered=False)

    # ---- disabled people

    def make_disabled_person(self, person, severe, living):
        maker = self.maker
        maker.certificate(person, "12" if severe else "34")
        applied = maker.enrol(person, LIVING) if living else None
        if severe:
            maker.enrol(person, CARE, applied=applied)

    def make_disabled(self):
        n = self.counts
        slots = [(True, True)] * (n["severe"] - n["dibao_severe"]) + [(False, True)] * (n["moderate"] - n["dibao_moderate"])
        slots += [(True, False)] * max(0, n["care"] - n["severe"] - n["orphan_care"])
        self.rng.shuffle(slots)
        # The hard cases come first, so that they are in a small population too. Everybody on a list of names may have a namesake.
        hard = [(birth, None, None) for birth in CENTENARIAN_BIRTHS + LEAP_BIRTHS]
        hard += [(None, name, name not in names.HARD_FEMALE) for name in names.HARD + names.NAMESAKES]
        while slots:
            severe, living = slots.pop()
            draw = self.rng.random()
            if hard:
                birth, name, male = hard.pop()
                person = self.maker.person(birth or self.maker.birth(20, 80), male=male, name=name)
                self.lone_disabled(person, severe, living)
                if name in names.NAMESAKES:
                    person.street = STREETS[1][0]
            elif draw < 0.05:
                self.disabled_child(severe, living)
            elif draw < 0.12:
                self.disabled_couple(severe, living, slots.pop() if slots and draw < 0.07 else None)
            else:
                self.lone_disabled(self.maker.person(self.maker.adult_birth()), severe, living)

    def lone_disabled(self, person, severe, living):
        self.make_disabled_person(person, severe, living)
        person.relation, person.account = SELF, self.maker.account()
        self.settle([person], rural=False, numbered=self.rng.random() < 0.4)

    def disabled_child(self, severe, living):
        parent = self.maker.person(self.maker.birth(28, 50))
        parent.relation, parent.account = HEAD, self.maker.account()
        age = self.rng.randrange(2, min(17, parent.age() - 20))
        birth = LEAP_CHILD_BIRTH if parent.age() >= 30 and self.leap_child else self.maker.birth(age, age)
        self.leap_child = self.leap_child and birth != LEAP_CHILD_BIRTH
        child = self.maker.person(birth, family=names.family_of(parent.name))
        child.relation = SON if child.male else DAUGHTER
        self.make_disabled_person(child, severe, living)
        child.pay_on(parent)
        self.settle([parent, child], rural=False)

    def disabled_couple(self, severe, living, head_slot):
        """A disabled person paid on the card of a spouse, who may be disabled too."""
        head = self.maker.person(self.maker.birth(35, 80))
        head.relation, head.account = HEAD, self.maker.account()
        spouse = self.relative(head, SPOUSE)
        self.make_disabled_person(spouse, severe, living)
        spouse.pay_on(head)
        if head_slot:
            self.make_disabled_person(head, *head_slot)
        self.settle([head, spouse], rural=False)

    # ---- what is written

    def people(self):
        for household in self.households:
            yield from household

    def people_rows(self):
        for p in self.people():
            income = "" if p.income_fen is None else f"{p.income_fen // 100}.{p.income_fen % 100:02d}"
            yield (p.name, p.id_number, p.phone, p.street, p.household, p.relation, income, p.certificate,
                   *(p.account or ("", "", "")), p.holder)

    def enrolment_rows(self):
        for p in self.people():
            for enrolment in p.enrolments:
                yield (p.id_number, *enrolment)

    def manifest(self):
        """What the tests compare with; amounts in fen."""
        programmes = {item: {"people": 0, "tiers": {}} for item in ITEMS}
        streets = {code: 0 for code, _, _ in STREETS}
        holders = set()
        for p in self.people():
            streets[p.street] += 1
            if p.holder:
                holders.add(p.holder)
            for item, tier, _, _ in p.enrolments:
                programmes[item]["people"] += 1
                if tier:
                    tiers = programmes[item]["tiers"]
                    tiers[tier] = tiers.get(tier, 0) + 1
        n = self.counts
        programmes[LIVING]["grades"] = {"1-2": n["severe"], "3-4": n["moderate"]}
        programmes[LIVING]["in_dibao_households"] = n["dibao_severe"] + n["dibao_moderate"]
        return {
            "seed": self.seed, "factor": self.factor, "reference_date": REFERENCE_DATE.isoformat(),
            "people": sum(streets.values()), "enrolments": sum(p["people"] for p in programmes.values()),
            "households": self.household_count, "account_holders_for_others": len(holders), "streets": streets,
            "programmes": programmes,
            "expected": {
                "dibao": self.expected_dibao(),
                "care_month_fen": programmes[CARE]["people"] * 6000,
                "living_year_fen": n["severe"] * 80000 + n["moderate"] * 40000,
                "orphan_month_fen": n["scattered"] * 126200 + n["institution"] * 166200,
            },
        }

    def expected_dibao(self):
        """Top-up of all households: (standard - income per head) x covered members; the year's remainder goes into December."""
        yearly = []
        for household in self.households:
            covered = sum(any(e[0] == DIBAO for e in p.enrolments) for p in household)
            if covered:
                yearly.append(covered * (DIBAO_STANDARD_FEN - household[0].income_fen))
        result = {"households": len(yearly), "standard_fen_per_head_and_year": DIBAO_STANDARD_FEN, "topup_year_fen": sum(yearly),
                  "topup_month_fen": {}}
        for mode, half in (("round_down", 0), ("round_half_up", 6)):
            monthly = [(y + half) // 12 for y in yearly]
            result["topup_month_fen"][mode] = {"january_to_november": sum(monthly), "december": sum(yearly) - 11 * sum(monthly)}
        return result


VARIANTS = {"": ("utf-8", "\n"), ".bom": ("utf-8-sig", "\r\n"), ".gb18030": ("gb18030", "\r\n")}


def write_table(path, header, rows, encoding, line_end):
    """Streams the table into the file; returns rows, bytes and SHA-256 of what was written."""
    digest, size, count = hashlib.sha256(), 0, 0
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=line_end)

    def flush(out):
        nonlocal size
        first = size == 0
        data = buffer.getvalue().encode("utf-8" if encoding == "utf-8-sig" and not first else encoding)
        buffer.seek(0)
        buffer.truncate()
        digest.update(data)
        size += out.write(data)

    with open(path, "wb") as out:
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
            if count % 4096 == 0:
                flush(out)
        flush(out)
    return {"rows": count, "bytes": size, "sha256": digest.hexdigest()}


def write_population(population, folder, variants=("",)):
    """Writes people.csv, enrolments.csv (in each variant) and manifest.json into the folder; returns the manifest."""
    os.makedirs(folder, exist_ok=True)
    manifest = population.manifest()
    manifest["files"] = files = {}
    for variant in variants:
        encoding, line_end = VARIANTS[variant]
        for stem, header, rows in (("people", PEOPLE_HEADER, population.people_rows),
                                   ("enrolments", ENROLMENTS_HEADER, population.enrolment_rows)):
            name = f"{stem}{variant}.csv"
            files[name] = write_table(os.path.join(folder, name), header, rows(), encoding, line_end)
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as out:
        json.dump(manifest, out, ensure_ascii=False, indent=2)
        out.write("\n")
    return manifest


def positive_factor(text):
    value = float(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError("a number above 0 and at most 1000")
    return value


def main(argv=None):
    parser = argparse.ArgumentParser(prog="generate", description="Writes a made-up, reproducible population of Luyang District.")
    parser.add_argument("--out", metavar="DIR", help="write people.csv, enrolments.csv and manifest.json here")
    parser.add_argument("--people", metavar="FACTOR", type=positive_factor, default=1.0,
                        help="scale all counts; 1 (default) gives the numbers of the notice")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed gives other people (default %(default)s)")
    parser.add_argument("--gb18030", action="store_true", help="write the same tables in GB18030 with CRLF too (*.gb18030.csv)")
    parser.add_argument("--bom", action="store_true", help="write the same tables in UTF-8 with a byte order mark and CRLF too (*.bom.csv)")
    parser.add_argument("--bad", metavar="DIR", help="write the small faulty files and what is to be found in them here")
    args = parser.parse_args(argv)
    if not args.out and not args.bad:
        parser.error("nothing to do: give --out, --bad or both")
    if args.bad:
        import population_bad
        population_bad.write(args.bad)
    if args.out:
        variants = [""] + [".gb18030"] * args.gb18030 + [".bom"] * args.bom
        manifest = write_population(Population(args.seed, args.people), args.out, variants)
        print(f"{manifest['people']} people, {manifest['enrolments']} enrolments, {manifest['households']} households")
    return 0
