"""What the tests of the register share: valid numbers that nobody has, lists as CSV text, look-ups."""
import csv
import io
import itertools

from population import bank_number, id_check_character, luhn_digit

STREET, TOWN = 340103001, 340103100
BANK = bank_number("31936100000")
SERIAL = itertools.count(1)


def id_number(born=1940):
    """Another valid identity number each time, on a county code that neither anybody nor the population has; `born` is a year."""
    n = next(SERIAL)
    first17 = f"340198{born}{n // 7000 % 12 + 1:02d}{n // 250 % 28 + 1:02d}{n % 250 * 4 + 1:03d}"
    return first17 + id_check_character(first17)


def card():
    body = f"620198{next(SERIAL):012d}"
    return body + luhn_digit(body)


def table(header, rows):
    """A list as CSV text; rows are dicts, absent columns are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def person_row(number=None, name="王小明", street=TOWN, **more):
    return {"姓名": name, "身份证号": number or id_number(), "街道代码": str(street), **more}


def account_columns(number=None, holder=""):
    return {"账户类型": "银行卡", "开户行号": BANK, "账号": number or card(), "户名身份证号": holder}


def found(client, number):
    """The person with this identity number, or None."""
    items = client.post("beneficiaries/persons/searches", {"id_number": number}, key=False, expect=200).json()["items"]
    return items[0] if items else None
