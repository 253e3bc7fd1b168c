"""Scenarios: by which rules the bank errs. A JSON file of rules; the first that matches decides; without one the line is credited. See README.md."""
import hashlib
import json
import os
import re

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios")
REASONS = {
    "RJ01": "账号不存在", "RJ02": "户名不符,原户名为[{holder}]", "RJ03": "账面可用余额不足", "RJ04": "业务累计金额超过规定上限", "RJ08": "账户类型非法",
    "RJ09": "退票", "RJ11": "账户状态异常", "RJ12": "核验身份错误", "RJ90": "其他",
}
# Whoever the bank knows under the account number: it tells that name to the payer, as real banks do. Two names hold the byte of "|".
HOLDERS = ("王珅", "赵東", "阿不都·热西提", "欧阳明", "李䶮", "周玉兰")

UNTIL = ("close-day", "answer")
LINE_MATCH = {"ref": str, "name": str, "account_suffix": str, "amount_fen": int, "permille": list, "salt": str}
LINE_ACTIONS = {
    "ok": {}, "fail": {"code": str, "text": str}, "processing_then_ok": {"until": str},
    "processing_then_fail": {"code": str, "text": str, "until": str}, "lost": {"credited": bool}, "double_line": {}, "double_credit": {},
    "amount_differs": {"delta_fen": int}, "other_account_number": {"to": str}, "return": {"days": int, "code": str, "text": str},
}
FILE_MATCH = {"seq": int, "day": str, "arrival": int, "permille": list, "salt": str}
FILE_ACTIONS = {"no_ack": bool, "nack": dict, "late": bool, "truncate": bool, "reorder": bool, "split": bool, "repeat": bool,
                "unknown_reference": bool}


class ScenarioError(Exception):
    """The scenario file is wrong; the text says where."""


def permille_of(text, salt=""):
    """A number 0..999 that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(f"{salt}/{text}".encode()).digest()[:8], "big") % 1000


def check_object(where, value, allowed):
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: an object is expected")
    for key, item in value.items():
        if key not in allowed:
            raise ScenarioError(f"{where}: unknown key {key!r}; allowed: {', '.join(sorted(allowed))}")
        if not isinstance(item, allowed[key]) or (allowed[key] is int and isinstance(item, bool)):
            raise ScenarioError(f"{where}.{key}: {allowed[key].__name__} is expected")
    if "permille" in value:
        span = value["permille"]
        if len(span) != 2 or not all(type(n) is int for n in span) or not 0 <= span[0] < span[1] <= 1000:
            raise ScenarioError(f"{where}.permille: [from, to) with 0 <= from < to <= 1000 is expected")
    for key in ("text", "code"):
        if re.search(r"[|\r\n]", value.get(key, "")):
            raise ScenarioError(f"{where}.{key}: must not hold | or a line end")
    if value.get("until", UNTIL[0]) not in UNTIL:
        raise ScenarioError(f"{where}.until: one of {', '.join(UNTIL)} is expected")
    if value.get("days", 0) < 0:
        raise ScenarioError(f"{where}.days: must not be negative")


class Scenario:
    def __init__(self, document):
        check_object("scenario", document, {"description": str, "date": str, "lines": list, "files": list})
        self.date = document.get("date")
        self.lines, self.files = document.get("lines", []), document.get("files", [])
        for i, rule in enumerate(self.lines):
            where = f"lines[{i}]"
            action = rule.get("action") if isinstance(rule, dict) else None
            if action not in LINE_ACTIONS:
                raise ScenarioError(f"{where}.action: one of {', '.join(LINE_ACTIONS)} is expected")
            check_object(where, rule, {"match": dict, "action": str, **LINE_ACTIONS[action]})
            check_object(f"{where}.match", rule.get("match", {}), LINE_MATCH)
            if action in ("fail", "processing_then_fail") and "text" not in rule and rule.get("code") not in REASONS:
                raise ScenarioError(f"{where}.code: one of {', '.join(REASONS)} is expected where no text is given")
            if action == "amount_differs" and not rule.get("delta_fen"):
                raise ScenarioError(f"{where}.delta_fen: required, not 0")
        for i, rule in enumerate(self.files):
            where = f"files[{i}]"
            check_object(where, rule, {"match": dict, "actions": dict})
            check_object(f"{where}.match", rule.get("match", {}), FILE_MATCH)
            check_object(f"{where}.actions", rule.get("actions", {}), FILE_ACTIONS)
            check_object(f"{where}.actions.nack", rule.get("actions", {}).get("nack", {}), {"code": str, "text": str})

    def line_rule(self, line):
        """The rule for a payment line: a dict with at least "action"."""
        for rule in self.lines:
            match = rule.get("match", {})
            if (match.get("ref", line.reference) == line.reference and match.get("name", line.name) == line.name
                    and line.account.endswith(match.get("account_suffix", ""))
                    and match.get("amount_fen", line.amount_fen) == line.amount_fen and in_span(match, line.reference)):
                return rule
        return {"action": "ok"}

    def file_actions(self, file, arrival):
        """The actions for a file; arrival counts the deliveries of that file name from 1."""
        for rule in self.files:
            match = rule.get("match", {})
            if (match.get("seq", file.sequence) == file.sequence and match.get("day", file.day) == file.day
                    and match.get("arrival", arrival) == arrival and in_span(match, file.name)):
                return rule.get("actions", {})
        return {}


def in_span(match, text):
    if "permille" not in match:
        return True
    low, high = match["permille"]
    return low <= permille_of(text, match.get("salt", "")) < high


def reason(rule, default_code, reference):
    """Code and text of a refusal or return, with the other holder's name filled in."""
    code = rule.get("code", default_code)
    text = rule.get("text", REASONS.get(code, "其他"))
    return code, text.replace("{holder}", HOLDERS[permille_of(reference, "holder") % len(HOLDERS)])


def load(name):
    """A scenario by path, or by the name of a shipped one."""
    path = os.path.join(SHIPPED, f"{name}.json") if re.fullmatch(r"[a-z-]+", name) else name
    try:
        with open(path, encoding="utf-8") as file:
            return Scenario(json.load(file))
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from None
