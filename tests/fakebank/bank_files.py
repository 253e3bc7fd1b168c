"""The files between payer and bank: what arrives is parsed, what is answered is rendered. Text GB18030, CRLF, fields ended by "|".

Text is decoded before it is split: 118 Chinese characters have the byte of "|" as their second one.
"""
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime

VERSION = "V1"
FILE_NAME = re.compile(r"HM_([A-Z0-9]{2,8})_([0-9]{8})_([0-9]{4})_([0-9a-f]{8})\.txt")
AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]{0,11})\.([0-9]{2})")
REFERENCE = re.compile(r"P[0-9A-Za-z-]{1,40}")


class Refused(Exception):
    """The whole file is refused; nothing in it is credited."""

    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


@dataclass
class PaymentLine:
    reference: str
    name: str
    amount_fen: int
    account: str
    nth: int


@dataclass
class PaymentFile:
    name: str
    sha256: str
    bank: str
    day: str
    sequence: int
    unit: str
    count: int
    total_fen: int
    lines: list


def yuan(fen):
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen(text):
    match = AMOUNT.fullmatch(text)
    if not match:
        raise Refused("H003", "金额格式错误")
    return int(match[1] + match[2] + match[3])


def is_day(text):
    try:
        return bool(re.fullmatch(r"[0-9]{8}", text) and datetime.strptime(text, "%Y%m%d"))
    except ValueError:
        return False


def records(text):
    """Splits decoded text into records of fields; every line must end in "|" and CRLF."""
    if not text.endswith("|\r\n"):
        raise Refused("H003", "文件不完整")
    result = []
    for line in text[:-2].split("\r\n"):
        if not line.endswith("|") or "\n" in line or "\r" in line:
            raise Refused("H003", "行格式错误")
        result.append(line[:-1].split("|"))
    return result


def whole_number(text):
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Refused("H003", "数字格式错误")
    return int(text)


def parse_line(fields, unit):
    if len(fields) != 8 or not REFERENCE.fullmatch(fields[0]) or not fields[1] or fields[5] != "1":
        raise Refused("H003", "明细格式错误")
    if fields[4] != unit:
        raise Refused("H020", "单位编号错误")
    amount_fen = fen(fields[2])
    if amount_fen <= 0:
        raise Refused("H019", "金额必须大于零")
    return PaymentLine(fields[0], fields[1], amount_fen, fields[3], whole_number(fields[7]))


def decode(data):
    """GB18030 only. UTF-8 often decodes as GB18030 too, into nonsense: text that holds Chinese when read as UTF-8 is refused, since no real
    list of names in GB18030 does."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise Refused("H002", "文件编码错误") from None
    try:
        is_utf8 = re.search("[\u3400-\u9fff]", data.decode("utf-8"))
    except UnicodeDecodeError:
        is_utf8 = None
    if is_utf8:
        raise Refused("H002", "文件编码错误")
    return text


def parse_payment_file(name, data):
    """A file of the payer with all its internal checks; raises Refused."""
    match = FILE_NAME.fullmatch(name)
    digest = hashlib.sha256(data).hexdigest()
    if not match or not is_day(match[2]):
        raise Refused("H001", "文件名错误")
    if match[4] != digest[:8]:
        raise Refused("H001", "文件名与内容摘要不符")
    head, *details = records(decode(data))
    if len(head) != 8 or head[:2] != ["HEAD", VERSION]:
        raise Refused("H003", "文件头格式错误")
    _, _, day, unit, bank, sequence, count, total = head
    if day != match[2]:
        raise Refused("P096", "文件头日期与文件名不符")
    if bank != match[1] or whole_number(sequence) != int(match[3]):
        raise Refused("H003", "文件头与文件名不符")
    lines = [parse_line(fields, unit) for fields in details]
    result = PaymentFile(name, digest, bank, day, int(match[3]), unit, whole_number(count), fen(total), lines)
    if not lines or result.count != len(lines) or result.total_fen != sum(line.amount_fen for line in lines):
        raise Refused("H019", "笔数或金额与明细不符")
    return result


def encode(rows):
    return "".join("|".join(map(str, row)) + "|\r\n" for row in rows).encode("gb18030")


def render_ack(name, sha256, count, total_fen, refused=None):
    verdict = ["NO", refused.code, refused.text] if refused else ["OK", "", ""]
    return encode([["ACK", VERSION, name, sha256, count, yuan(total_fen), *verdict]])


def render_result(kind, day, unit, name, details):
    """RSLT or RTRN; details are (reference, name, amount in fen, account, status, code, text). Count and total are those of the details."""
    count, total = len(details), yuan(sum(d[2] for d in details))
    rows = [[kind, VERSION, day, unit, name, count, total]]
    rows += [[ref, person, yuan(amount), account, status, code, text] for ref, person, amount, account, status, code, text in details]
    return encode(rows + [["END", count, total]])


def render_statement(day, unit, account, number, opening_fen, closing_fen, entries):
    """entries are (side, amount in fen, bank's reference, payer's reference, text)."""
    rows = [["STMT", VERSION, day, unit, account, number, yuan(opening_fen), yuan(closing_fen), len(entries)]]
    rows += [[i, side, yuan(amount), bank_ref, our_ref, text] for i, (side, amount, bank_ref, our_ref, text) in enumerate(entries, 1)]
    return encode(rows + [["END", len(entries), yuan(closing_fen)]])


def write_durably(folder, name, data):
    """Whole or not at all, also after a crash: temporary name with a dot in front, fsync, rename, fsync of the folder."""
    temporary = os.path.join(folder, f".{name}.tmp")
    with open(temporary, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.rename(temporary, os.path.join(folder, name))
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
