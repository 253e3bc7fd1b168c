"""Small faulty files, each with what an import has to find in it (`<name>.expected.csv`: line, column, code). See README.md.

Lines count from 1, the header's, and mean the line on which the record starts. An empty column means the line as a whole. What is
wrong with the file as a whole (encoding, csv_header, empty_file) stands at line 1.
"""
import csv
import io
import os

from population import (CARD, CARE, COUNTY, DIBAO, ENROLMENTS_HEADER, LEGACY, LIVING, PASSBOOK, PEOPLE_HEADER, SELF, TEKUN, bank_number,
                        id_check_character, luhn_digit)

NAME, ID, PHONE, STREET, HOUSEHOLD, RELATION, INCOME, CERTIFICATE, KIND, BANK, ACCOUNT, HOLDER = PEOPLE_HEADER
GOOD_BANK = bank_number("31936100000")


def id_number(birth, sequence=1):
    first17 = f"{COUNTY}{birth}{sequence:03d}"
    return first17 + id_check_character(first17)


def card(serial):
    body = f"620199{serial:012d}"
    return body + luhn_digit(body)


def other_digit(text, position):
    """The text with one digit changed."""
    digit = str((int(text[position]) + 1) % 10)
    return text[:position] + digit + text[position + 1:]


class BadFile:
    """A table under construction and the errors expected in it; every file also holds good lines, which must be taken."""

    def __init__(self, header=PEOPLE_HEADER):
        self.header, self.lines, self.expected, self.serial = header, [], [], 0
        self.raw(",".join(header))

    def raw(self, text, *errors):
        self.lines.append(text)
        self.expected += [(len(self.lines), column, code) for column, code in errors]

    def person(self, *errors, **changes):
        """A good person (another one each time) with the named columns changed."""
        self.serial += 1
        number = id_number(f"1961{self.serial % 12 + 1:02d}{self.serial % 28 + 1:02d}", self.serial)
        row = dict.fromkeys(PEOPLE_HEADER, "")
        row.update({NAME: "王" + "一二三四五六七八九十"[self.serial % 10], ID: number, PHONE: f"154000{self.serial:05d}",
                    STREET: "340103100", RELATION: SELF, KIND: CARD, BANK: GOOD_BANK, ACCOUNT: card(123456789 + self.serial)})
        row.update(changes)
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow(row.values())
        self.raw(buffer.getvalue(), *errors)
        return row

    def text(self):
        return "\n".join(self.lines) + "\n"


def padded_names():
    """Padded names and stray marks: all good after normalisation."""
    f = BadFile()
    f.person(**{NAME: "张　三"})
    f.person(**{NAME: "李 四"})
    f.person(**{NAME: " 王五　"})
    f.person(**{NAME: "赵\u200b六"})
    for dot in "•‧・･∙．":
        f.person(**{NAME: f"阿不都{dot}热西提"})
    return f


def bad_names():
    f = BadFile()
    f.person()
    f.person((NAME, "required"), **{NAME: ""})
    f.person((NAME, "required"), **{NAME: "　 "})
    f.person((NAME, "bad_name"), **{NAME: "340103"})
    f.person((NAME, "bad_name"), **{NAME: "张三=1+1"})
    f.person()
    return f


def excel_damage():
    """A spreadsheet keeps 15 digits. The check digit alone does not tell: the first number here still passes it."""
    f = BadFile()
    passing = next(n for n in (id_number(f"19600{m}{d}", s) for m in range(1, 10) for d in range(10, 29) for s in (100, 200, 300, 400, 500))
                   if n.endswith("000"))
    f.person((ID, "id_number_excel_damage"), **{ID: passing})
    f.person((ID, "id_number_excel_damage"), **{ID: id_number("19600102", 123)[:15] + "000"})
    f.person((ID, "id_number_excel_damage"), **{ID: "3.40199E+17"})
    cut = next(c for c in (card(n)[:15] + "0000" for n in range(123456000000, 123456990000, 10001)) if luhn_digit(c[:-1]) != c[-1])
    f.person((ACCOUNT, "account_excel_damage"), **{ACCOUNT: cut})
    f.person((ACCOUNT, "account_excel_damage"), **{ACCOUNT: "6.20199E+18"})
    f.person((ID, "id_number_excel_damage"), (ACCOUNT, "account_excel_damage"), **{ID: "3.40199E+17", ACCOUNT: "6.20199E+18"})
    f.person()
    return f


def identity_numbers():
    f = BadFile()
    good = id_number("19491001", 1)
    f.person(**{ID: good})
    f.person((ID, "id_number_check_digit"), **{ID: good[:17] + str((int(good[17]) + 1) % 10)})
    f.person((ID, "id_number_check_digit"), **{ID: other_digit(id_number("19530815", 6), 15)})
    f.person((ID, "id_number_length"), **{ID: good[:17]})
    f.person((ID, "id_number_length"), **{ID: "340199491001001"})
    f.person((ID, "id_number_characters"), **{ID: good[:9] + "O" + good[10:]})
    f.person((ID, "id_number_province"), **{ID: "990199" + good[6:17] + id_check_character("990199" + good[6:17])})
    f.person((ID, "id_number_birth_date"), **{ID: id_number("19490229", 1)})
    f.person((ID, "id_number_birth_date"), **{ID: id_number("20990101", 1)})
    f.person((ID, "required"), **{ID: ""})
    f.person()
    return f


def identity_x():
    """Every way of typing the X: all good after normalisation."""
    f = BadFile()
    numbers = [n for n in (id_number(f"1952{m:02d}{d:02d}", 6) for m in range(1, 13) for d in range(10, 20)) if n.endswith("X")]
    for number, mark in zip(numbers, ("X", "x", "Ｘ", "ｘ", "Х", "х", "×")):
        f.person(**{ID: number[:17] + mark})
    f.person(**{ID: "'" + numbers[7]})
    f.person(**{ID: " " + numbers[8] + "　"})
    f.person(**{ID: numbers[9].translate({48 + i: 0xFF10 + i for i in range(10)})})
    return f


def columns():
    f = BadFile()
    f.person()
    f.raw("李四," + id_number("19620203", 2) + ",,340103100", ("", "csv_columns"))
    f.raw(",".join(["王五", id_number("19620204", 3), "", "340103100"] + [""] * 9), ("", "csv_columns"))
    f.raw(f"{id_number('19620205', 4)}", ("", "csv_columns"))
    f.person()
    return f


def unclosed_quote():
    """One stray quote costs one line."""
    f = BadFile()
    f.person()
    f.raw('"李四,' + id_number("19620203", 2) + ",,340103100,,,,,,,,", ("", "csv_quote"))
    f.person()
    f.person()
    return f


def duplicate():
    """The same number again, once in another spelling."""
    f = BadFile()
    first = f.person(**{ID: id_number("19520601", 6)})
    f.person()
    f.person((ID, "duplicate_in_file"), **{ID: first[ID]})
    f.person((ID, "duplicate_in_file"), **{NAME: first[NAME], ID: " " + first[ID].replace("X", "x")})
    f.person()
    return f


def unknown_street():
    f = BadFile()
    f.person()
    f.person((STREET, "unknown_division"), **{STREET: "340103007"})
    f.person((STREET, "unknown_division"), **{STREET: "340102001"})
    f.person((STREET, "unknown_division"), **{STREET: "340103999"})
    f.person((STREET, "required"), **{STREET: ""})
    f.person(**{STREET: "340103400"})
    return f


def certificates():
    f = BadFile()
    own, other = id_number("19700101", 11), id_number("19700102", 12)
    f.person((CERTIFICATE, "certificate_holder"), **{ID: own, CERTIFICATE: other + "43"})
    f.person((CERTIFICATE, "certificate_length"), **{ID: id_number("19700103", 13), CERTIFICATE: id_number("19700103", 13) + "4"})
    f.person((CERTIFICATE, "certificate_length"), **{ID: id_number("19700104", 14), CERTIFICATE: id_number("19700104", 14) + "43B"})
    f.person((CERTIFICATE, "certificate_kind"), **{ID: id_number("19700105", 15), CERTIFICATE: id_number("19700105", 15) + "83"})
    f.person((CERTIFICATE, "certificate_kind"), **{ID: id_number("19700106", 16), CERTIFICATE: id_number("19700106", 16) + "45"})
    f.person((CERTIFICATE, "certificate_id_number"), **{CERTIFICATE: other_digit(other, 16) + "43"})
    f.person(**{ID: id_number("19700107", 17), CERTIFICATE: id_number("19700107", 17) + "62B1"})
    return f


def accounts():
    f = BadFile()
    good = card(555000111222)
    f.person((ACCOUNT, "account_luhn"), **{ACCOUNT: other_digit(good, 18)})
    f.person((ACCOUNT, "account_luhn"), **{ACCOUNT: other_digit(good, 10)})
    f.person((ACCOUNT, "account_length"), **{ACCOUNT: good[:12]})
    f.person((ACCOUNT, "account_length"), **{ACCOUNT: good + "00001"})
    f.person((ACCOUNT, "account_length"), **{KIND: PASSBOOK, ACCOUNT: "12345678901"})
    f.person((ACCOUNT, "account_length"), **{KIND: PASSBOOK, ACCOUNT: "12345678901234567890123"})
    f.person((ACCOUNT, "account_characters"), **{ACCOUNT: good[:10] + "A" + good[11:]})
    f.person((BANK, "bank_number"), **{BANK: other_digit(GOOD_BANK, 11)})
    f.person((BANK, "bank_number"), **{BANK: GOOD_BANK[:11]})
    f.person((KIND, "bad_value"), **{KIND: "信用卡"})
    f.person(**{KIND: LEGACY, ACCOUNT: "9019912345678903"})
    f.person(**{KIND: PASSBOOK, ACCOUNT: "123456789012"})
    f.person(**{ACCOUNT: f"{good[:4]} {good[4:8]} {good[8:12]} {good[12:16]} {good[16:]}"})
    return f


def values():
    f = BadFile()
    f.person((PHONE, "bad_phone"), **{PHONE: "1234567"})
    f.person((PHONE, "bad_phone"), **{PHONE: "25400012345"})
    f.person((RELATION, "bad_value"), **{RELATION: "户主"})
    f.person((INCOME, "bad_amount"), **{HOUSEHOLD: "H900001", INCOME: "一千"})
    f.person((INCOME, "bad_amount"), **{HOUSEHOLD: "H900002", INCOME: "12.345"})
    f.person((INCOME, "bad_amount"), **{HOUSEHOLD: "H900003", INCOME: "-5.00"})
    f.person((HOLDER, "id_number_check_digit"), **{HOLDER: other_digit(id_number("19530815", 6), 16)})
    f.person(**{PHONE: ""})
    return f


def header():
    f = BadFile(PEOPLE_HEADER[:-1] + ("备注",))
    f.person()
    f.expected.append((1, "", "csv_header"))
    return f


def enrolments():
    """For the table of enrolments; the good people in it are those of `enrolments-people.csv`."""
    f = BadFile(ENROLMENTS_HEADER)
    known = [id_number(f"195801{d:02d}", 100 + d) for d in range(1, 9)]
    number, item, tier, applied, start = ENROLMENTS_HEADER

    def line(values, *errors):
        f.raw(",".join(values), *errors)

    line((known[0], CARE, "", "2019-03-05", "2019-03"))
    line((id_number("19580131", 999), CARE, "", "2019-03-05", "2019-03"), (number, "unknown_person"))
    line((other_digit(known[1], 16), CARE, "", "2019-03-05", "2019-03"), (number, "id_number_check_digit"))
    line((known[1], "春节慰问金", "", "2019-03-05", "2019-03"), (item, "unknown_item"))
    line((known[2], CARE, "", "2019-02-29", "2019-03"), (applied, "bad_date"))
    line((known[3], CARE, "", "2019-03-05", "2019-13"), (start, "bad_period"))
    line((known[4], TEKUN, "特级", "2019-03-05", "2019-04"), (tier, "bad_value"))
    line((known[5], DIBAO, "", "", "2019-04"), (applied, "required"))
    line((known[6], LIVING, "", "2019-03-05"), ("", "csv_columns"))
    line((known[7], DIBAO, "", "2019-03-05", "2019-04"))
    return f


def enrolments_people():
    """The good people that `enrolments.csv` is about."""
    f = BadFile()
    for d in range(1, 9):
        number = id_number(f"195801{d:02d}", 100 + d)
        f.person(**{ID: number, CERTIFICATE: number + "42"})
    return f


FILES = {
    "padded-names": padded_names, "bad-names": bad_names, "excel-damage": excel_damage, "identity-numbers": identity_numbers,
    "identity-x": identity_x, "columns": columns, "unclosed-quote": unclosed_quote, "duplicate": duplicate,
    "unknown-street": unknown_street, "certificates": certificates, "accounts": accounts, "values": values, "header": header,
    "enrolments": enrolments, "enrolments-people": enrolments_people,
}


def encoded_files():
    """Files whose bytes are special: (name, bytes, expected). UTF-16 with its mark is how Excel exports text: it is read."""
    good = BadFile()
    for _ in range(3):
        good.person()
    text = good.text()
    cut = (text + "李").encode()[:-1]   # ends in the middle of a character
    yield "cut-utf8", cut, [(1, "", "encoding")]
    yield "utf16", b"\xff\xfe" + text.replace(",", "\t").replace("\n", "\r\n").encode("utf-16-le"), []
    yield "empty", b"", [(1, "", "empty_file")]


def write(folder):
    os.makedirs(folder, exist_ok=True)
    tables = [(name, f.text().encode(), f.expected) for name, f in ((name, make()) for name, make in FILES.items())]
    for name, data, expected in tables + list(encoded_files()):
        with open(os.path.join(folder, f"{name}.csv"), "wb") as out:
            out.write(data)
        with open(os.path.join(folder, f"{name}.expected.csv"), "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(("line", "column", "code"))
            writer.writerows(sorted(expected))
