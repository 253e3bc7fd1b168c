"""Bank formats over HTTP: golden files in both directions, what is refused and where, the codes and reasons of banks as shipped.

tests/golden/bank/<format>/ holds what we write (payment.*) and what banks send, byte for byte. The names in them hold characters whose
second GBK byte is "|" (珅, 瑋) and characters outside GBK (䶮, 𬭊); some files begin with a byte order mark.
"""
import base64
import hashlib
import itertools
import json
import subprocess
from pathlib import Path

import pytest

from stack.bank import AGENCY
from support.client import problem

TESTS = Path(__file__).resolve().parents[1]
GOLDEN = TESTS / "golden" / "bank"
RAW = {"Content-Type": "text/plain"}
SUFFIX = {"agency-pipe-8": "txt", "agency-csv": "csv", "iso20022": "xml", "mt940": "sta", "agency-report": "txt"}
BOM = "\ufeff".encode()
LINES = [
    {"name": "李珅", "amount_fen": 1, "account_number": "6217000000000000004", "id_number": "340103194910010015", "bank_number": "319361000005",
     "remittance": "低保金"},
    {"name": "王瑋", "amount_fen": 2_100_000_000, "account_number": "6228480000000000000", "id_number": "34010319300815006X"},
    {"name": "李䶮", "amount_fen": 126_200, "account_number": "6221880000000005", "id_number": "340103201202290127", "bank_number": "102361000007",
     "remittance": "护理补贴"},
    {"name": "张𬭊", "amount_fen": 80_000, "account_number": "6217000000000000004", "id_number": "340103194910010015", "bank_number": "319361000005"},
    {"name": "阿不都·热西提", "amount_fen": 6_666, "account_number": "340103000000012345", "id_number": "340103195001010036"}]
TOTAL_FEN = sum(line["amount_fen"] for line in LINES)
RESULT = [("P1", "李*", 1, "S", None), ("P2", "王*", 2_100_000_000, "F", "NAME_MISMATCH"), ("P3", "李*", 126_200, "F", "CLOSED"),
          ("P4", "张*", 80_000, "W", None), ("P5", "阿*·热*", 6_666, "F", "DORMANT")]
FIFTEEN = ["NAME_MISMATCH", "NO_ACCOUNT", "CLOSED", "FROZEN", "STATUS", "DORMANT", "NOT_ACTIVATED", "TYPE", "ID_MISMATCH", "DUP", "LIMIT",
           "PAYER_FUNDS", "BANK_TECH", "DECEASED", "OTHER"]


@pytest.fixture(scope="module")
def client_for(bankless, clients):
    """Clients of this module's stack, whose bank account has a name and a CNAPS number."""
    client = clients(bankless)
    client("finance").post("payments/agencies", dict(AGENCY, account_name="庐阳区惠民补贴资金专户", bank_number="319361000005"), expect=201)
    return client


@pytest.fixture
def validate(client_for):
    """validate(format, bytes) is the answer to a validation."""
    def ask(code, data):
        return client_for("banker").post(f"payments/bank-formats/{code}/validation", data, headers=RAW, key=False, expect=200).json()
    return ask


@pytest.fixture
def preview(client_for):
    """preview(format, lines) is the answer to a preview of 30 September 2020."""
    def ask(code, lines, expect=200):
        return client_for("maker").post(f"payments/bank-formats/{code}/preview", {"date": "2020-09-30", "lines": lines}, key=False, expect=expect)
    return ask


def golden(code, name):
    """The bytes of a golden file."""
    return (GOLDEN / code / f"{name}.{SUFFIX[code]}").read_bytes()


# What there is

def test_the_formats_are_listed(client_for):
    formats = {row["id"]: row for row in client_for("maker").get("payments/bank-formats").json()["items"]}
    assert {code: (row["pays"], row["answers"], row["states"]) for code, row in formats.items()} == {
        "agency-csv": (True, True, True), "agency-pipe-8": (True, True, True), "agency-report": (False, True, False),
        "iso20022": (True, True, True), "mt940": (False, False, True)}
    one = client_for("maker").get("payments/bank-formats/agency-pipe-8").json()
    assert {key: one[key] for key in formats["agency-pipe-8"]} == formats["agency-pipe-8"]
    records = {row["record"]: row["fields"] for row in one["records"]}
    assert records["file_detail"] == ["reference", "name", "amount", "account", "unit", "literal:1", "id_number", "occurrence"]
    assert {"scope": "line", "code": "S", "meaning": "S"} in one["statuses"]
    assert {"kind": "code", "match": "RJ02", "reason": "NAME_MISMATCH"} in one["reasons"]
    problem(client_for("maker").get("payments/bank-formats/nobody", expect=404), 404, "not_found")
    problem(client_for("nobody", scopes=["audit:read"]).get("payments/bank-formats", expect=403), 403, "forbidden")


def test_the_fifteen_reasons_say_what_comes_next(client_for):
    reasons = client_for("maker").get("payments/reasons").json()["items"]
    assert [row["id"] for row in reasons] == FIFTEEN
    assert {row["id"] for row in reasons if row["retry"] == "never"} == {"DUP", "DECEASED"}
    assert {row["id"]: row["next_step"] for row in reasons if row["next_step"] != "fix_card"} == {
        "DUP": "ask_bank", "LIMIT": "review", "PAYER_FUNDS": "reissue", "BANK_TECH": "ask_bank", "DECEASED": "stop", "OTHER": "review"}


# Out

@pytest.mark.parametrize("code", ["agency-pipe-8", "agency-csv", "iso20022"])
def test_a_preview_is_the_golden_file(preview, code):
    answer = preview(code, LINES).json()
    data = base64.urlsafe_b64decode(answer["content"] + "==")
    assert data == golden(code, "payment")
    digest = hashlib.sha256(data).hexdigest()
    assert (answer["sha256"], answer["bytes"], answer["count"], answer["total_fen"]) == (digest, len(data), 5, TOTAL_FEN)
    assert answer["file_name"] == f"HM_AHLY_20200930_0001_{digest[:8]}.{SUFFIX[code]}"
    assert answer["message_id"] == "HM-0042-AHLY-20200930-0001"
    assert all(line["name"] in answer["text"] for line in LINES)


def test_a_value_that_the_file_cannot_hold_is_refused(preview):
    line = LINES[0]
    for code, name, error in [("agency-pipe-8", "李|珅", "bad_characters"), ("iso20022", "李" * 61, "too_long"),
                              ("agency-csv", "李\n珅", "bad_characters"), ("iso20022", "李\x0b珅", "bad_characters")]:
        document = problem(preview(code, [dict(line, name=name)], expect=400), 400, "invalid_fields")
        assert document["errors"][0]["pointer"] == "/lines" and document["errors"][0]["code"] == error, (code, name)
    quoted = preview("agency-csv", [dict(line, name='李,"珅"')]).json()
    assert '"李,""珅"""' in quoted["text"]
    escaped = preview("iso20022", [dict(line, name="李<&>珅")]).json()
    assert "<Nm>李&lt;&amp;&gt;珅</Nm>" in escaped["text"]


def test_a_preview_has_limits(preview, client_for):
    problem(preview("iso20022", [], expect=400), 400, "invalid_fields")
    problem(preview("iso20022", LINES[:1] * 101, expect=400), 400, "invalid_fields")
    assert preview("iso20022", LINES[:1] * 100).json()["count"] == 100
    document = problem(preview("iso20022", [dict(LINES[0], account_number="62170000x", bank_number="319361000006", more=1)], expect=400), 400,
                       "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {("/lines/0/more", "unknown_field")}
    document = problem(preview("iso20022", [LINES[0], dict(LINES[0], account_number="62170000x", bank_number="319361000006")], expect=400), 400,
                       "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {
        ("/lines/1/account_number", "account_characters"), ("/lines/1/bank_number", "bank_number")}
    document = problem(preview("iso20022", [{"name": "李珅"}, 5], expect=400), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {
        ("/lines/0/account_number", "required"), ("/lines/0/amount_fen", "required"), ("/lines/1", "wrong_type")}
    problem(preview("mt940", LINES, expect=404), 404, "not_found")
    problem(preview("agency-report", LINES, expect=404), 404, "not_found")
    problem(preview("nothing", LINES, expect=404), 404, "not_found")
    abroad = client_for("abroad", scopes=["payments:read"], district=340104)
    problem(abroad.post("payments/bank-formats/iso20022/preview", {"date": "2020-09-30", "lines": LINES}, key=False), 409, "agency_missing")


# In

@pytest.mark.parametrize("code", ["agency-pipe-8", "agency-csv", "iso20022", "agency-report"])
def test_a_result_reads_the_same_in_every_format(validate, code):
    answer = validate(code, golden(code, "result"))
    assert (answer["valid"], answer["error"], answer["kind"], answer["count"]) == (True, None, "RESULT", 5)
    expected = [line for line in RESULT if code != "agency-report" or line[0] != "P4"]
    if code == "agency-report":  # such a report knows no third state
        expected.append(("P4", "张*", 80_000, "S", None))
    assert sorted((line["reference"], line["name"], line["amount_fen"], line["status"], line["reason"]) for line in answer["lines"]) == \
        sorted(expected)
    assert answer["total_fen"] == TOTAL_FEN
    assert {line["account"][-4:] for line in answer["lines"]} == {"0004", "0000", "0005", "2345"}
    assert all(set(line["account"][:-4]) == {"*"} for line in answer["lines"])
    assert "王某" not in json.dumps(answer, ensure_ascii=False)  # whom the bank's text names
    assert answer["header"]["file"] == ("HM-0042-AHLY-20200930-0001" if code == "iso20022"
                                        else f"HM_AHLY_20200930_0001_1a2b3c4d.{SUFFIX[code]}")


@pytest.mark.parametrize("code", ["agency-pipe-8", "agency-csv", "iso20022", "agency-report"])
def test_an_acknowledgement_is_read(validate, code):
    answer = validate(code, golden(code, "acknowledgement"))
    assert (answer["valid"], answer["kind"], answer["count"], answer["header"]["verdict"]) == (True, "ACKNOWLEDGEMENT", 0, "OK")


def test_a_refusal_in_xml_is_read(validate):
    answer = validate("iso20022", golden("iso20022", "refusal"))
    assert (answer["valid"], answer["kind"]) == (True, "ACKNOWLEDGEMENT")
    assert (answer["header"]["verdict"], answer["header"]["code"], answer["header"]["reason"]) == ("NO", "DU01", "DUP")


@pytest.mark.parametrize("code", ["agency-pipe-8", "agency-csv"])
def test_a_return_is_read(validate, code):
    answer = validate(code, golden(code, "return"))
    assert (answer["valid"], answer["kind"], answer["count"], answer["total_fen"]) == (True, "RETURN", 1, 1)
    assert (answer["lines"][0]["status"], answer["lines"][0]["reason"]) == ("R", "NAME_MISMATCH")


def entries(answer):
    """What a statement's entries say."""
    return [(line["direction"], line["amount_fen"], line["our_reference"], line["purpose"], line["code"], line["reason"])
            for line in answer["lines"]]


@pytest.mark.parametrize("code", ["agency-pipe-8", "agency-csv"])
def test_a_statement_in_lines_is_read(validate, code):
    answer = validate(code, golden(code, "statement"))
    name = f"HM_AHLY_20200930_0001_1a2b3c4d.{SUFFIX[code]}"
    assert (answer["valid"], answer["kind"], answer["error"]) == (True, "STATEMENT", None)
    purposes = ["payments", "return", "fee" if code == "agency-csv" else "fee", "funds" if code == "agency-csv" else None]
    assert entries(answer) == [("D", TOTAL_FEN - 6_666, name, purposes[0], None, None), ("C", 1, "P1", purposes[1], None, None),
                               ("D", 150, None, purposes[2], None, None), ("C", 50_000_000, "CZ-2020-9", purposes[3], None, None)]
    assert {key: answer["header"][key] for key in ("date", "statement_no", "part", "parts", "opening_fen", "closing_fen")} == {
        "date": "20200930", "statement_no": "7", "part": "1", "parts": "1", "opening_fen": 3_000_000_000,
        "closing_fen": 3_000_000_000 - TOTAL_FEN + 6_666 + 1 - 150 + 50_000_000}


def test_a_camt053_statement_is_read(validate):
    answer = validate("iso20022", golden("iso20022", "statement"))
    assert (answer["valid"], answer["kind"], answer["error"]) == (True, "STATEMENT", None)
    assert entries(answer) == [("D", TOTAL_FEN - 6_666, "HM-0042-AHLY-20200930-0001", "payments", None, None),
                               ("C", 1, "P1", "return", "AC04", "CLOSED"), ("C", 126_200, "P3", "return", "MD07", "DECEASED"),
                               ("D", 150, None, "fee", None, None), ("C", 50_000_000, "CZ-2020-9", None, None, None)]
    assert (answer["header"]["statement_no"], answer["header"]["part"], answer["header"]["parts"]) == ("7", "1", "1")
    assert answer["credits_fen"] - answer["debits_fen"] == answer["header"]["closing_fen"] - answer["header"]["opening_fen"]


def test_the_parts_of_an_mt940_statement_are_read(validate):
    first, second = (validate("mt940", golden("mt940", f"statement-part-{part}")) for part in (1, 2))
    assert (first["valid"], first["error"], second["valid"], second["error"]) == (True, None, True, None)
    assert entries(first) == [("D", TOTAL_FEN - 6_666, "HM-0042-AHLY-20200930-0001", "payments", None, None),
                              ("C", 1, "P1", "return", "AC04", "CLOSED")]
    assert entries(second) == [("D", 150, None, "fee", None, None), ("C", 20, None, "reversal", None, None),
                               ("C", 50_000_000, "CZ-2020-9", None, None, None)]
    assert [(one["header"]["statement_no"], one["header"]["part"], one["header"]["parts"]) for one in (first, second)] == [
        ("7", "1", "0"), ("7", "2", "2")]
    assert first["header"]["closing_fen"] == second["header"]["opening_fen"]
    assert (first["header"]["date"], first["header"]["opening_fen"]) == ("20200930", 3_000_000_000)


def test_a_byte_order_mark_is_taken_or_not(validate):
    for code in ("agency-csv", "iso20022"):
        data = golden(code, "result")
        assert data.startswith(BOM)
        assert validate(code, data[len(BOM):])["lines"] == validate(code, data)["lines"]
    plain = golden("agency-csv", "acknowledgement")
    assert validate("agency-csv", BOM + plain)["valid"] and not plain.startswith(BOM)


MESSAGES = [(code, path.stem) for code in SUFFIX for path in sorted((GOLDEN / code).glob("*")) if path.stem != "payment"]


@pytest.mark.parametrize("code,name", MESSAGES)
def test_a_message_cut_anywhere_is_refused(validate, code, name):
    data = golden(code, name)
    whole = data.rstrip(b"\r\n")
    step = max(1, len(whole) // 23)
    for length in {*range(1, len(whole) - 1, step), len(whole) - 1, len(whole) - 2}:
        answer = validate(code, data[:length])
        assert not answer["valid"] and answer["error"] is not None and answer["error_line"] >= 0, length


@pytest.mark.parametrize("code,name", [one for one in MESSAGES if one[1] not in ("refusal",)])
def test_nothing_may_follow_and_no_message_is_two(validate, code, name):
    data = golden(code, name)
    assert not validate(code, data + data.removeprefix(BOM))["valid"]
    assert not validate(code, data + "张三".encode("utf-8" if SUFFIX[code] in ("csv", "xml") else "gb18030"))["valid"]


@pytest.mark.parametrize("code,name", [one for one in MESSAGES if one[1] in ("result", "statement", "return", "statement-part-1")])
def test_a_changed_amount_does_not_add_up(validate, code, name):
    style = {"mt940": b"0,01", "agency-report": b"1,262.00"}.get(code, b"0.01")
    data = golden(code, name)
    assert style in data
    answer = validate(code, data.replace(style, style[:-1] + bytes([style[-1] + 1]), 1))
    assert (answer["valid"], answer["error"]) == (False, "message_totals")


@pytest.mark.parametrize("code,name", [one for one in MESSAGES if one[1] in ("result", "statement", "return", "statement-part-1")])
def test_another_encoding_is_refused(validate, code, name):
    utf8 = SUFFIX[code] in ("csv", "xml")
    text = golden(code, name).decode("utf-8-sig" if utf8 else "gb18030")
    if name == "statement" and code == "agency-pipe-8":
        text = text.replace("批量代发|", "批量代发。|")  # an odd number of characters cannot pass for GB18030
    answer = validate(code, text.encode("gb18030" if utf8 else "utf-16"))
    assert not answer["valid"], answer


def test_a_line_out_of_its_format_is_named(validate):
    data = golden("agency-pipe-8", "result").replace("P3|".encode(), "P3|x|".encode())
    assert (validate("agency-pipe-8", data)["error"], validate("agency-pipe-8", data)["error_line"]) == ("message_unreadable", 4)
    data = golden("iso20022", "result").replace(b"<TxSts>PDNG</TxSts>", b"<TxSts>NEVR</TxSts>")
    answer = validate("iso20022", data)
    assert answer["error"] == "message_unreadable"
    assert "TxInfAndSts" in data.decode().splitlines()[answer["error_line"] - 1]
    data = golden("mt940", "statement-part-1").replace(b"NTRI", b"XTRI").replace(b"D21002062,01N", b"D21002062,01X")
    assert (validate("mt940", data)["error"], validate("mt940", data)["error_line"]) == ("message_unreadable", 5)


@pytest.mark.parametrize("extra", [
    '<!DOCTYPE Document [<!ENTITY x "y">]>', '<!DOCTYPE Document SYSTEM "http://127.0.0.1:1/x.dtd">',
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'])
def test_a_document_type_is_refused(validate, extra):
    data = golden("iso20022", "acknowledgement").decode()
    head, rest = data.split("?>\n", 1)
    assert validate("iso20022", (head + "?>\n" + extra + "\n" + rest).encode())["error"] == "message_unreadable"
    assert validate("iso20022", data.replace("ACTC", "&unknown;").encode())["error"] == "message_unreadable"


def test_xml_has_limits(validate):
    data = golden("iso20022", "acknowledgement").decode()
    for inside in ("<X>" * 30 + "</X>" * 30, "<X>" + "a" * 5000 + "</X>", f"<{'X' * 600}/>"):
        assert validate("iso20022", data.replace("<GrpHdr>", inside + "<GrpHdr>").encode())["error"] == "message_unreadable"
    assert validate("iso20022", data.replace("pain.002.001.10", "pain.002.001.03").encode())["error"] == "message_unreadable"
    assert validate("iso20022", data.replace('"UTF-8"', '"GB18030"').encode())["error"] == "message_unreadable"
    foreign = data.replace("</GrpHdr>", '</GrpHdr><x:Y xmlns:x="urn:z"><x:MsgId>1</x:MsgId></x:Y>')
    assert validate("iso20022", foreign.encode())["valid"]  # supplementary data of somebody else


def test_totals_that_are_said_must_agree(validate):
    data = golden("iso20022", "result")
    assert validate("iso20022", data.replace(b"<DtldNbOfTxs>3<", b"<DtldNbOfTxs>4<"))["error"] == "message_totals"
    assert validate("iso20022", data.replace(b"<DtldCtrlSum>0.01<", b"<DtldCtrlSum>0.02<"))["error"] == "message_totals"
    data = golden("iso20022", "statement")
    assert validate("iso20022", data.replace(b"<NbOfNtries>4<", b"<NbOfNtries>3<"))["error"] == "message_totals"
    assert validate("iso20022", data.replace(b'Ccy="CNY"', b'Ccy="USD"', 1))["error"] == "message_unreadable"
    report = golden("agency-report", "result")
    for old, new in [("笔数：3", "笔数：4"), ("金额：800.01", "金额：800.02")]:
        assert validate("agency-report", report.replace(old.encode("gb18030"), new.encode("gb18030")))["error"] == "message_totals"
    only = report[:report.index("失败清单".encode("gb18030"))]
    assert validate("agency-report", only)["error"] == "message_truncated"


def test_a_validation_leaves_nothing_behind(validate, client_for):
    validate("agency-pipe-8", golden("agency-pipe-8", "result"))
    assert client_for("banker", scopes=["payments:read"]).get("payments/bank-messages").json()["items"] == []
    problem(client_for("maker").post("payments/bank-formats/iso20022/validation", b"<x/>", headers=RAW, key=False), 403, "forbidden")
    problem(client_for("banker").post("payments/bank-formats/nothing/validation", b"<x/>", headers=RAW, key=False), 404, "not_found")


# Reasons as shipped

def reasons_of(validate, pairs):
    """The normalised reasons of (code, text) pairs, read as refused lines of a CSV result."""
    rows = [f'P{no},张三,1.00,6217000000000000004,F,{code},"{text}"\r\n' for no, (code, text) in enumerate(pairs, 1)]
    head = f"RSLT,V1,20200930,0042,x,{len(rows)},{len(rows)}.00\r\n编号,户名,金额,账号,状态,代码,说明\r\n"
    answer = validate("agency-csv", (head + "".join(rows) + f"END,{len(rows)},{len(rows)}.00,,,,\r\n").encode())
    assert answer["valid"], answer
    return [line["reason"] or "" for line in answer["lines"]]


TEXTS = {
    "户名不符,原户名为[某某]": "NAME_MISMATCH", "户名不符,账户名为[某某]": "NAME_MISMATCH", "户名错": "NAME_MISMATCH", "账号户名不符": "NAME_MISMATCH",
    "查找账号[6217]信息错": "NO_ACCOUNT", "代理户不存在": "NO_ACCOUNT", "无效卡号": "NO_ACCOUNT", "无此账户": "NO_ACCOUNT", "账号错误": "NO_ACCOUNT",
    "单位编号错误或者卡号不存在": "NO_ACCOUNT", "已销户": "CLOSED", "已清户": "CLOSED", "账户已关户": "CLOSED", "冻结状态异常！": "FROZEN",
    "完全冻结": "FROZEN", "临时锁定": "FROZEN", "介质状态异常！": "STATUS", "介质异常": "STATUS", "账号状态异常！": "STATUS", "已挂失折": "STATUS",
    "账户状态错误": "STATUS", "长期不动户请到柜台办理": "DORMANT", "睡眠户": "DORMANT", "账户未激活": "NOT_ACTIVATED",
    "该户为非结算户": "TYPE", "非活期账号": "TYPE", "非个人活期结算户": "TYPE", "新开户-证件号码不能为空": "ID_MISMATCH", "未处理记录重复": "DUP",
    "重复业务": "DUP", "代理次数错误！应该为[2]": "DUP", "超限额": "LIMIT", "账面可用余额不足": "PAYER_FUNDS", "系统忙，请稍后": "BANK_TECH",
    "收款行未营业": "BANK_TECH", "客户已死亡": "DECEASED", "只进不出": "OTHER", "其它": "OTHER"}
CODES = {
    "RJ01": "NO_ACCOUNT", "RJ02": "NAME_MISMATCH", "RJ03": "PAYER_FUNDS", "RJ04": "LIMIT", "RJ05": "OTHER", "RJ08": "TYPE", "RJ09": "OTHER",
    "RJ11": "STATUS", "RJ12": "ID_MISMATCH", "RJ19": "BANK_TECH", "RJ90": "OTHER", "RJ91": "BANK_TECH", "RJ98": "BANK_TECH", "RJ99": "BANK_TECH",
    "RJ0": "OTHER", "RJ011": "OTHER", "rj01": "OTHER", "PR09": "OTHER", "PR24": "BANK_TECH", "3009": "NO_ACCOUNT", "3018": "CLOSED",
    "3020": "FROZEN", "3065": "NAME_MISMATCH", "3069": "DORMANT", "H022": "DUP", "AC01": "NO_ACCOUNT", "AC04": "CLOSED", "AC06": "FROZEN",
    "BE01": "NAME_MISMATCH", "AM05": "DUP", "MD07": "DECEASED", "AM04": "PAYER_FUNDS", "AC14": "TYPE", "NARR": "OTHER"}


@pytest.mark.parametrize("pairs", [[("", text) for text in TEXTS], [(code, "") for code in CODES]])
def test_reasons_are_normalised_as_shipped(validate, pairs):
    wanted = [CODES.get(code) or TEXTS[text] for code, text in pairs]
    assert reasons_of(validate, pairs) == wanted


def test_texts_decide_before_codes(validate):
    assert reasons_of(validate, [("RJ11", "账户已销户"), ("RJ11", "长期不动户"), ("RJ11", "账户冻结"), ("RJ11", "原因不详"), ("RJ09", "已销户"), ("", "")]) == [
        "CLOSED", "DORMANT", "FROZEN", "STATUS", "CLOSED", ""]


def test_every_shipped_rule_names_one_of_the_fifteen(client_for):
    rules = client_for("maker").get("payments/bank-formats/iso20022").json()["reasons"]
    assert {rule["reason"] for rule in rules} == set(FIFTEEN)


# The account that pays

def test_an_agency_names_its_formats(make_stack, clients):
    stack = make_stack()
    stack.services.start()
    stack.gateway.start(stack.services.ports)
    finance = clients(stack)("finance")
    for field, code, error in [("format_code", "mt940", "format_cannot_pay"), ("format_code", "nothing", "format_cannot_pay"),
                               ("answer_format_code", "mt940", "format_cannot_answer"),
                               ("statement_format_code", "agency-report", "format_cannot_state")]:
        document = problem(finance.post("payments/agencies", dict(AGENCY, **{field: code})), 400, "invalid_fields")
        assert [(one["pointer"], one["code"]) for one in document["errors"]] == [(f"/{field}", error)]
    document = problem(finance.post("payments/agencies", dict(AGENCY, bank_number="319361000006")), 400, "invalid_fields")
    assert [(one["pointer"], one["code"]) for one in document["errors"]] == [("/bank_number", "bank_number")]
    agency = finance.post("payments/agencies", dict(AGENCY, format_code="iso20022", statement_format_code="mt940"), expect=201).json()
    assert (agency["format"], agency["answer_format"], agency["statement_format"]) == ("iso20022", "iso20022", "mt940")


# Schemas

def validates(message, data):
    """xmllint's complaint about a message, "" when it is valid."""
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", TESTS / "schema" / f"{message}.xsd", "-"], input=data, capture_output=True)
    return "" if done.returncode == 0 else done.stderr.decode()


EXAMPLES = {"payment": "pain.001.001.09", "acknowledgement": "pain.002.001.10", "refusal": "pain.002.001.10", "result": "pain.002.001.10",
            "statement": "camt.053.001.08"}


@pytest.mark.parametrize("name,message", EXAMPLES.items())
def test_the_examples_are_valid_messages(name, message):
    assert validates(message, golden("iso20022", name)) == ""


def test_what_we_write_is_a_valid_message(preview):
    for count, extremes in itertools.product((1, 100), (LINES[1], dict(LINES[2], name="李" * 60, remittance="补" * 140, account_number="1" * 32))):
        content = preview("iso20022", [extremes] * count).json()["content"]
        assert validates("pain.001.001.09", base64.urlsafe_b64decode(content + "==")) == ""


@pytest.mark.parametrize("name,old,new", [
    ("payment", "<MsgId>HM-0042-AHLY-20200930-0001</MsgId>", "<MsgId>" + "1" * 36 + "</MsgId>"),
    ("payment", "<CtrlSum>", "<CtrlSum>x"), ("payment", '<InstdAmt Ccy="CNY">', "<InstdAmt>"), ("payment", "<PmtMtd>TRF</PmtMtd>", ""),
    ("payment", "<Purp>", "<Prps/><Purp>"), ("payment", "<Cd>CNAPS</Cd>", "<Cd>CNAPS2</Cd>"), ("payment", "<Dt>2020-09-30</Dt>", "<Dt>20200930</Dt>"),
    ("result", "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>", ""), ("result", "<DtldSts>ACSC</DtldSts>", ""),
    ("result", "<TxSts>ACSC</TxSts>", "<TxSts>ACSCX</TxSts>"), ("result", "<Pty>", "<Pty2/><Pty>"),
    ("statement", "<Sts>", "<Sts/><Sts>"), ("statement", "<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>D</CdtDbtInd>"),
    ("statement", "<PgNb>1</PgNb>", "<PgNb>123456</PgNb>"), ("statement", "<Id>STM-7-1</Id>", "")])
def test_the_schemas_refuse_what_the_standard_refuses(name, old, new):
    data = golden("iso20022", name).decode("utf-8-sig")
    assert old in data
    assert validates(EXAMPLES[name], data.replace(old, new, 1).encode()) != ""
