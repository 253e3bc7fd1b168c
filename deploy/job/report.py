"""The report of the job: read back from the API, the bank's own ledger, the reconciliation and the invariants."""
from .say import table, yuan


def programme_row(run):
    """One row of the report. Money of refused lines came back like money of returned ones, so both count as returned."""
    return {"item": run["item"], "item_zh": run["item_zh"], "period": run["period"], "run": run["id"], "state": run["state"],
            "people": run["people"], "lines": run["lines"], "amount_fen": run["amount_fen"], "paid_fen": run["paid_fen"],
            "returned_fen": run["returned_fen"] + run["rejected_fen"], "open_fen": run["open_fen"]}


def refused_row(api, item, period, code):
    """A programme whose run was refused, with the code of the refusal."""
    return {"item": item, "item_zh": api.get("maker", f"programmes/items/{item}")["item_zh"], "period": period, "code": code}


def build_report(job, day, *, ledger, violations, seconds):
    """The whole report as a dictionary; every figure is read from where it is kept."""
    api = job.api
    people = job.imports["people"]
    reconciliation = api.get("banker", f"payments/reconciliations/{day}")
    return {
        "people": people["new_lines"] + people["changed_lines"] + people["unchanged_lines"],
        "programmes": [programme_row(run) for run in job.released_runs()],
        "refused": [refused_row(api, *entry) for entry in job.refused],
        "bank": {name: ledger[name] for name in ("files", "credited_fen", "double_credits")},
        "reconciliation": {"date": day, **{name: reconciliation[name] for name in ("breaks_open", "difference_fen")}},
        "audit": {"events": sum(1 for _ in api.items("auditor", "audit/events", limit=500))},
        "invariants": {"violations": violations},
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "runs_found": job.found,
    }


def table_lines(report):
    """The report's programmes as a table for a person."""
    header = ("项目 / programme", "期间 / period", "人数 / people", "笔数 / lines", "应发 / amount", "已付 / paid",
              "退回、拒付 / returned or refused", "未结 / open")
    rows = [(row["item_zh"], row["period"], f"{row['people']:,}", f"{row['lines']:,}", yuan(row["amount_fen"]),
             yuan(row["paid_fen"]), yuan(row["returned_fen"]), yuan(row["open_fen"])) for row in report["programmes"]]
    sums = [sum(row[name] for row in report["programmes"]) for name in ("amount_fen", "paid_fen", "returned_fen", "open_fen")]
    rows.append(("合计 / total", "", "", f"{sum(row['lines'] for row in report['programmes']):,}", *map(yuan, sums)))
    lines = table(header, rows, right=(2, 3, 4, 5, 6, 7))
    for row in report["refused"]:
        lines.append(f"{row['item_zh']} {row['period']}: 标准未定，未发放 / no standard confirmed, not paid ({row['code']})")
    return lines


def check_report(report):
    """What must hold in any report, as a list of sentences about what does not."""
    wrong = [f"{row['item_zh']}: paid + returned + open is not the amount" for row in report["programmes"]
             if row["paid_fen"] + row["returned_fen"] + row["open_fen"] != row["amount_fen"]]
    paid = sum(row["paid_fen"] for row in report["programmes"])
    credited = report["bank"]["credited_fen"]
    if paid != credited:
        wrong.append(f"paid {paid} fen, the bank's ledger says {credited}")
    for path in (("invariants", "violations"), ("bank", "double_credits"), ("reconciliation", "difference_fen")):
        if report[path[0]][path[1]] != 0:
            wrong.append(f"{path[0]}.{path[1]} = {report[path[0]][path[1]]}")
    return wrong
