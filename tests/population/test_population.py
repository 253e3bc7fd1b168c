"""The population against the notice's numbers and the standards, re-derived here without the generator's code."""
import csv
import hashlib
import json
import os
import re
import subprocess
from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

import pytest
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
DIBAO, TEKUN, ORPHAN, LIVING, CARE = "农村居民最低生活保障", "特困人员供养", "孤儿基本生活保障", "困难残疾人生活补贴", "重度残疾人护理补贴"
PEOPLE_HEADER = "姓名,身份证号,手机号,街道代码,户编号,与户主关系,户年人均收入,残疾证号,账户类型,开户行号,账号,户名身份证号"
ENROLMENTS_HEADER = "身份证号,项目,档次,申请日期,起始月份"
STREETS = {"340103001", "340103002", "340103003", "340103004", "340103005", "340103006", "340103009", "340103012", "340103100",
           "340103200", "340103400"}


def generate(folder, *options, hash_seed="0"):
    subprocess.run([os.path.join(HERE, "generate"), "--out", str(folder), *options], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "PYTHONHASHSEED": hash_seed})
    return folder


def read(path, encoding="utf-8"):
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


class Population:
    def __init__(self, folder):
        self.folder = folder
        self.people = read(folder / "people.csv")
        self.enrolments = read(folder / "enrolments.csv")
        self.manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.by_id = {p["身份证号"]: p for p in self.people}
        self.enrolled = defaultdict(set)
        for e in self.enrolments:
            self.enrolled[e["项目"]].add(e["身份证号"])


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return Population(generate(tmp_path_factory.mktemp("population"), "--gb18030", "--bom"))


def id_is_valid(number):
    """ISO 7064 MOD 11-2 in its recursive form: the whole number, X as 10, is 1 modulo 11."""
    if not re.fullmatch(r"340199[0-9]{11}[0-9X]", number):
        return False
    remainder = 0
    for c in number:
        remainder = (remainder * 2 + (10 if c == "X" else int(c))) % 11
    return remainder == 1 and bool(birth(number))


def birth(number):
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age(number, day=date(2020, 6, 1)):
    born = birth(number)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def luhn(number):
    doubled = "0246813579"
    digits = number[::-1]
    return (sum(map(int, digits[::2])) + sum(int(doubled[int(d)]) for d in digits[1::2])) % 10 == 0


def cnaps(number):
    """ISO 7064 MOD 11,10 over all twelve digits: the last sum is 1 modulo 10."""
    product = 10
    for d in number[:11]:
        product = ((product + int(d)) % 10 or 10) * 2 % 11
    return len(number) == 12 and (product + int(number[11])) % 10 == 1


def test_checks_agree_with_published_examples():
    assert all(cnaps(n) for n in ("102100099996", "103100000026", "403100000004", "308584000013", "319361000013"))
    assert not cnaps("319361000014")
    assert luhn("6217990000000000121") and not luhn("6217990000000000122")
    assert id_is_valid("34019919520601006X") and id_is_valid("340199194002290018") and not id_is_valid("340199194002290019")


def test_headers_are_exact(full):
    assert (full.folder / "people.csv").read_text(encoding="utf-8").split("\n")[0] == PEOPLE_HEADER
    assert (full.folder / "enrolments.csv").read_text(encoding="utf-8").split("\n")[0] == ENROLMENTS_HEADER


def test_counts_are_the_notices(full):
    assert {item: len(ids) for item, ids in full.enrolled.items()} == {DIBAO: 1059, TEKUN: 63, ORPHAN: 32, LIVING: 1400, CARE: 3770}
    assert len(full.enrolments) == 1059 + 63 + 32 + 1400 + 3770  # nobody twice in one programme
    tiers = Counter((e["项目"], e["档次"]) for e in full.enrolments if e["档次"])
    assert tiers[ORPHAN, "散居"] == 25 and tiers[ORPHAN, "集中"] == 7
    assert {t for i, t in tiers if i == TEKUN} == {"全护理", "半护理", "全自理"}
    assert sum(n for (i, _), n in tiers.items() if i == TEKUN) == 63
    grades = Counter(full.by_id[i]["残疾证号"][19] in "12" for i in full.enrolled[LIVING])
    assert grades == {True: 957, False: 443}


def test_exclusions(full):
    e = full.enrolled
    assert not e[TEKUN] & (e[CARE] | e[LIVING] | e[DIBAO] | e[ORPHAN])
    assert not e[ORPHAN] & (e[LIVING] | e[DIBAO])
    severe = {i for i in e[LIVING] if full.by_id[i]["残疾证号"][19] in "12"}
    assert severe <= e[CARE]
    assert not (e[LIVING] - severe) & e[CARE]
    assert all(full.by_id[i]["残疾证号"][19] in "12" for i in e[CARE])
    assert all(age(i, date(2020, 12, 31)) < 18 for i in e[ORPHAN])
    assert 0.3 < len(e[LIVING] & e[DIBAO]) / 1400 < 0.37
    assert any(full.by_id[i]["残疾证号"] for i in e[TEKUN])  # disabled, and excluded from both subsidies
    assert e[ORPHAN] & e[CARE]


def test_every_number_is_valid_and_unique(full):
    assert all(id_is_valid(i) and not i.endswith("000") for i in full.by_id)
    assert len(full.by_id) == len(full.people)
    assert all(date(1900, 6, 1) < birth(i) < date(2020, 6, 1) for i in full.by_id)
    for p in full.people:
        assert p["手机号"] == "" or re.fullmatch(r"1[3-9][0-9]{9}", p["手机号"])
        assert p["街道代码"] in STREETS
        if p["残疾证号"]:
            assert re.fullmatch(re.escape(p["身份证号"]) + r"[1-7][1-4](B[0-9])?", p["残疾证号"])
    phones = Counter(p["手机号"] for p in full.people)
    assert 0.04 < phones.pop("") / len(full.people) < 0.12
    assert max(phones.values()) <= 7 and any(n > 1 for n in phones.values())
    certificates = Counter(len(p["残疾证号"]) for p in full.people if p["残疾证号"])
    assert set(certificates) == {20, 22} and 0.03 < certificates[22] / certificates.total() < 0.12


def test_accounts(full):
    kinds, owners = Counter(), {}
    for p in full.people:
        kind, number, holder = p["账户类型"], p["账号"], p["户名身份证号"]
        if not number:
            assert (kind, p["开户行号"], holder) == ("", "", "")
            continue
        kinds[kind] += 1
        assert cnaps(p["开户行号"]) and not number.endswith("0000")
        assert re.fullmatch({"银行卡": r"620199[0-9]{13}", "旧卡": r"[0-9]{13,19}", "存折": r"[0-9]{12,22}"}[kind], number)
        assert kind != "银行卡" or luhn(number)
        assert owners.setdefault(number, holder or p["身份证号"]) == (holder or p["身份证号"])  # the holder's line comes first
        if holder:
            owner = full.by_id[holder]
            assert holder != p["身份证号"] and owner["账号"] == number and owner["户名身份证号"] == "" and owner["户编号"] == p["户编号"]
    assert set(kinds) == {"银行卡", "旧卡", "存折"} and kinds["银行卡"] > 0.8 * kinds.total()
    assert any(not luhn(p["账号"]) for p in full.people if p["账户类型"] in ("存折", "旧卡"))
    paid_directly = full.enrolled[TEKUN] | full.enrolled[ORPHAN] | full.enrolled[LIVING] | full.enrolled[CARE]
    assert all(full.by_id[i]["账号"] for i in paid_directly)
    children = [i for i in paid_directly if age(i) < 12 and full.by_id[i]["户名身份证号"]]
    assert len(children) > 50


def test_households(full):
    households = defaultdict(list)
    for p in full.people:
        assert bool(p["户编号"]) == bool(p["与户主关系"])
        if p["户编号"]:
            assert re.fullmatch(r"H[0-9]{6}", p["户编号"])
            households[p["户编号"]].append(p)
    assert len(households) == full.manifest["households"]
    for members in households.values():
        assert len({m["街道代码"] for m in members}) == 1
        codes = [m["与户主关系"] for m in members]
        assert codes == ["01"] or (codes[0] == "02" and set(codes[1:]) <= {"10", "20", "30", "40", "50"} and codes.count("10") <= 1)
    for p in full.people:
        children = {"20", "30", "40"}
        if p["与户主关系"] in children:
            assert birth(p["身份证号"]) > birth(households[p["户编号"]][0]["身份证号"])
    covered = full.enrolled[DIBAO]
    sizes = Counter(n for n in (sum(m["身份证号"] in covered for m in h) for h in households.values()) if n)
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    assert sum(n * c for n, c in sizes.items()) == 1059
    infants = [p for p in full.people if birth(p["身份证号"]).year == 2020]
    assert infants and not {p["身份证号"] for p in infants} & covered
    rural = [full.by_id[i]["街道代码"] in ("340103100", "340103200") for i in covered | full.enrolled[TEKUN]]
    assert sum(rural) > 0.8 * len(rural)


def test_income_and_topup(full):
    """Top-up in exact fractions, against the manifest."""
    covered, heads = Counter(), {}
    for p in full.people:
        covered[p["户编号"]] += p["身份证号"] in full.enrolled[DIBAO]
        if p["户年人均收入"]:
            assert p["与户主关系"] in ("01", "02") and re.fullmatch(r"[0-9]+\.[0-9]{2}", p["户年人均收入"])
            heads[p["户编号"]] = Fraction(p["户年人均收入"])
    assert set(heads) == {h for h, n in covered.items() if n}
    assert all(0 <= income < 7420 for income in heads.values())
    assert 0 in heads.values() and len(set(heads.values())) > 200
    yearly = [(7420 - income) * 100 * covered[h] for h, income in heads.items()]
    expected = full.manifest["expected"]["dibao"]
    assert expected["households"] == len(yearly) and expected["topup_year_fen"] == sum(yearly)
    down = sum(y / 12 // 1 for y in yearly)
    half_up = sum((y / 12 + Fraction(1, 2)) // 1 for y in yearly)
    assert expected["topup_month_fen"]["round_down"] == {"january_to_november": down, "december": sum(yearly) - 11 * down}
    assert expected["topup_month_fen"]["round_half_up"] == {"january_to_november": half_up, "december": sum(yearly) - 11 * half_up}


def test_other_expected_sums(full):
    expected = full.manifest["expected"]
    assert expected["care_month_fen"] == 22620000
    assert expected["living_year_fen"] == 94280000
    assert expected["orphan_month_fen"] == 25 * 126200 + 7 * 166200


def test_dates_of_enrolments(full):
    for e in full.enrolments:
        applied = date.fromisoformat(e["申请日期"])
        assert date(2018, 1, 1) <= applied <= date(2019, 12, 31)
        assert birth(e["身份证号"]) < applied
        assert f"{applied:%Y-%m}" <= e["起始月份"] <= "2020-01"


def test_hard_cases(full):
    names = [p["姓名"] for p in full.people]
    text = "".join(names)
    for character in "䶮㛃𬭊𬘬𫖯𪟝珅瑋東〇·":
        assert character in text, character
    for character in "䶮㛃𬭊𬘬𫖯𪟝":
        with pytest.raises(UnicodeEncodeError):
            character.encode("gbk")
    assert all(character.encode("gbk")[1] == ord("|") for character in "珅瑋東")
    assert any(name.startswith("欧阳") for name in names)
    assert not any(re.search(r"[\s\u3000\u200b]", name) for name in names)
    rare = sum(bool(set(name) & set("䶮㛃𬭊𬘬𫖯𪟝")) for name in names)
    assert 6 <= rare < 0.03 * len(names)
    ids = list(full.by_id)
    assert sum(age(i) >= 100 for i in ids) >= 3
    assert sum(i[10:14] == "0229" for i in ids) >= 5 and "20120229" in {i[6:14] for i in ids}
    assert sum(age(i) < 1 for i in ids) >= 3
    same = Counter((p["姓名"], p["街道代码"]) for p in full.people)
    assert same["王建国", "340103002"] >= 2


def test_manifest_describes_the_files(full):
    files = full.manifest["files"]
    assert set(files) == {f"{stem}{v}.csv" for stem in ("people", "enrolments") for v in ("", ".gb18030", ".bom")}
    for name, told in files.items():
        data = (full.folder / name).read_bytes()
        assert (told["bytes"], told["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert told["rows"] == data.count(b"\n") - 1
    assert full.manifest["people"] == len(full.people) and full.manifest["enrolments"] == len(full.enrolments)
    assert full.manifest["streets"] == Counter(p["街道代码"] for p in full.people)
    for item, told in full.manifest["programmes"].items():
        assert told["people"] == len(full.enrolled[item])


@pytest.mark.parametrize("stem", ["people", "enrolments"])
def test_variants_hold_the_same_table(full, stem):
    plain = (full.folder / f"{stem}.csv").read_bytes().decode("utf-8")
    gb18030 = (full.folder / f"{stem}.gb18030.csv").read_bytes()
    assert gb18030.decode("gb18030").replace("\r\n", "\n") == plain
    assert gb18030.decode("gb18030").encode("gb18030") == gb18030
    with pytest.raises(UnicodeDecodeError):
        gb18030.decode("utf-8")
    bom = (full.folder / f"{stem}.bom.csv").read_bytes()
    assert bom.startswith(b"\xef\xbb\xbf") and bom.count(b"\xef\xbb\xbf") == 1
    assert bom.decode("utf-8-sig").replace("\r\n", "\n") == plain


def test_the_same_bytes_on_every_run(full, tmp_path):
    again = generate(tmp_path / "again", "--gb18030", "--bom", hash_seed="4711")
    names = sorted(os.listdir(full.folder))
    assert names == sorted(os.listdir(again))
    assert all((full.folder / n).read_bytes() == (again / n).read_bytes() for n in names)
    other = generate(tmp_path / "other", "--seed", "1")
    assert (full.folder / "people.csv").read_bytes() != (other / "people.csv").read_bytes()
    assert Counter(e["项目"] for e in read(other / "enrolments.csv")) == Counter(e["项目"] for e in full.enrolments)


@pytest.mark.parametrize("factor, counts", [
    ("0.0001", {DIBAO: 1, TEKUN: 1, ORPHAN: 2, LIVING: 2, CARE: 1}),
    ("0.1", {DIBAO: 106, TEKUN: 6, ORPHAN: 4, LIVING: 140, CARE: 377}),
    ("3", {DIBAO: 3177, TEKUN: 189, ORPHAN: 96, LIVING: 4200, CARE: 11310})])
def test_factor_scales_all_counts(tmp_path, factor, counts):
    small = Population(generate(tmp_path, "--people", factor))
    assert Counter(e["项目"] for e in small.enrolments) == counts
    assert all(map(id_is_valid, small.by_id)) and len(small.by_id) == len(small.people)


def test_small_population_keeps_the_hard_names(tmp_path):
    small = Population(generate(tmp_path, "--people", "0.02"))
    assert set("䶮㛃𬭊𬘬𫖯𪟝珅瑋東〇·") <= set("".join(p["姓名"] for p in small.people))


@pytest.mark.parametrize("options", [[], ["--people", "0", "--out", "x"], ["--people", "-1", "--out", "x"], ["--people", "lots", "--out", "x"]])
def test_bad_options_are_refused(options, tmp_path):
    run = subprocess.run([os.path.join(HERE, "generate"), *options], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2 and "usage" in run.stderr and not os.listdir(tmp_path)


# ---- faulty files

def test_bad_files_are_what_the_generator_writes(tmp_path):
    subprocess.run([os.path.join(HERE, "generate"), "--bad", str(tmp_path)], check=True)
    names = sorted(os.listdir(tmp_path))
    assert names == sorted(os.listdir(os.path.join(HERE, "bad")))
    for name in names:
        with open(os.path.join(HERE, "bad", name), "rb") as file:
            assert file.read() == (tmp_path / name).read_bytes(), name


def expected_of(name):
    return [(int(r["line"]), r["column"], r["code"]) for r in read(os.path.join(HERE, "bad", f"{name}.expected.csv"))]


def bad_names():
    return sorted(n[:-len(".expected.csv")] for n in os.listdir(os.path.join(HERE, "bad")) if n.endswith(".expected.csv"))


@pytest.mark.parametrize("name", bad_names())
def test_expected_errors_use_registered_codes(name):
    with open(os.path.join(HERE, "..", "..", "api-spec", "errors.yaml"), encoding="utf-8") as file:
        registry = yaml.safe_load(file)
    codes = {e["code"] for e in registry["fields"]} | {e["code"] for e in registry["imports"]}
    with open(os.path.join(HERE, "bad", f"{name}.csv"), "rb") as file:
        data = file.read()
    for line, column, code in expected_of(name):
        assert code in codes
        assert 1 <= line <= max(1, data.count(b"\n"))
        assert not column or column.encode() in data.split(b"\n")[0]


def test_check_digit_errors_are_real_and_good_lines_good():
    """Every line of the people's files whose number is not blamed has a valid number, and the other way round."""
    translate = str.maketrans("ｘХх×０１２３４５６７８９", "XXXX0123456789")
    for name in ("identity-numbers", "identity-x", "duplicate", "accounts", "certificates", "values", "unknown-street"):
        blamed = {line for line, column, code in expected_of(name) if column == "身份证号" and code != "duplicate_in_file"}
        for line, row in enumerate(read(os.path.join(HERE, "bad", f"{name}.csv")), 2):
            number = row["身份证号"].strip(" '\u3000").replace("Ｘ", "X").translate(translate).upper()
            try:
                good = id_is_valid(number) and birth(number) < date(2020, 6, 1)
            except ValueError:
                good = False
            assert good == (line not in blamed), (name, line)


def test_luhn_errors_are_real():
    blamed = {line for line, _, code in expected_of("accounts") if code == "account_luhn"}
    for line, row in enumerate(read(os.path.join(HERE, "bad", "accounts.csv")), 2):
        number = row["账号"].replace(" ", "")
        if row["账户类型"] == "银行卡" and number.isdigit() and len(number) == 19:
            assert luhn(number) == (line not in blamed)


def test_spreadsheet_damage_is_not_always_seen_by_the_check_digit():
    numbers = [r["身份证号"] for r in read(os.path.join(HERE, "bad", "excel-damage.csv"))]
    assert id_is_valid(numbers[0]) and numbers[0].endswith("000")
    cut = [r["账号"] for r in read(os.path.join(HERE, "bad", "excel-damage.csv")) if r["账号"].endswith("0000")]
    assert cut and not any(map(luhn, cut))


def test_broken_encodings_are_broken():
    with open(os.path.join(HERE, "bad", "cut-utf8.csv"), "rb") as file:
        data = file.read()
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        data.decode("utf-8")
    with open(os.path.join(HERE, "bad", "utf16.csv"), "rb") as file:
        assert file.read().decode("utf-16").startswith("姓名\t身份证号")
