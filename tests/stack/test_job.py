"""The main job's own logic against a recorded API: resuming, refusing, waiting, reporting."""
import io

import pytest

from job.client import Api, ApiError
from job.main_job import PAYABLE, JobError, MainJob, key_of
from job.report import build_report, check_report, table_lines
from job.say import Speaker, pad, table, width, yuan

RUN = {"id": 7, "item": "orphan", "period": "2020-06", "kind": "REGULAR", "supplement": 0, "lines": 2, "people": 2, "amount_fen": 300, "paid_fen": 0,
       "returned_fen": 0, "rejected_fen": 0, "open_fen": 300}


class ScriptedApi(Api):
    """Answers from a table of (person, method, path) to a list of documents; the last one stays."""

    def __init__(self, answers):
        super().__init__("http://unused", lambda person: "token")
        self.answers = {key: list(value) for key, value in answers.items()}
        self.calls = []

    def call(self, person, method, path, data=None, headers=None):
        self.calls.append((person, method, path, (headers or {}).get("Idempotency-Key")))
        queue = self.answers[(person, method, path)]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def job_with(answers):
    """A job that talks to the scripted API and to nobody else."""
    return MainJob(ScriptedApi(answers), None, Speaker(io.StringIO()))


def test_a_run_goes_through_three_people_with_the_totals_that_the_checker_read():
    address = "payments/runs/7"
    job = job_with({
        ("checker", "GET", address): [RUN | {"state": "GENERATING"}, RUN | {"state": "DRAFT"}],
        ("checker", "POST", f"{address}/approval"): [RUN | {"state": "APPROVED"}],
        ("releaser", "GET", address): [RUN | {"state": "APPROVED"}, RUN | {"state": "RELEASED"}],
        ("releaser", "POST", f"{address}/release"): [RUN | {"state": "RELEASED"}],
    })
    assert job._advance(RUN | {"state": "GENERATING"})["state"] == "RELEASED"
    posts = [call for call in job.api.calls if call[1] == "POST"]
    assert [call[0] for call in posts] == ["checker", "releaser"] and len({call[3] for call in posts}) == 2


def test_a_run_that_was_approved_before_a_kill_is_only_released():
    address = "payments/runs/7"
    job = job_with({
        ("checker", "GET", address): [RUN | {"state": "APPROVED"}],
        ("releaser", "POST", f"{address}/release"): [RUN | {"state": "RELEASED"}],
        ("releaser", "GET", address): [RUN | {"state": "RELEASED"}],
    })
    job._advance(RUN | {"state": "APPROVED"})
    assert [call[2] for call in job.api.calls if call[1] == "POST"] == [f"{address}/release"]


def test_a_released_run_is_found_and_left_alone():
    job = job_with({})
    job._advance(RUN | {"state": "RELEASED"})
    assert job.found == 1 and not job.api.calls


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_failed_run_stops_the_job(state):
    job = job_with({("checker", "GET", "payments/runs/7"): [RUN | {"state": state}]})
    with pytest.raises(JobError, match=state):
        job._advance(RUN | {"state": "GENERATING"})


def refusal(status, code):
    """The error of a refused run."""
    return ApiError("POST", "payments/runs", status, {"code": code})


def test_a_run_without_a_standard_must_be_refused_with_the_right_code():
    where = ("maker", "POST", "payments/runs")
    job = job_with({where: [refusal(409, "standard_missing")]})
    job._expect_refusal("tekun", "2020-06")
    assert job.refused == [("tekun", "2020-06", "standard_missing")]
    with pytest.raises(ApiError):
        job_with({where: [refusal(409, "already_exists")]})._expect_refusal("tekun", "2020-06")
    with pytest.raises(JobError):
        job_with({where: [RUN]})._expect_refusal("tekun", "2020-06")


def test_lists_are_read_to_their_end():
    api = ScriptedApi({("maker", "GET", "x"): [{"items": [1, 2], "next": "c"}], ("maker", "GET", "x?after=c"): [{"items": [3], "next": None}]})
    assert list(api.items("maker", "x")) == [1, 2, 3]


def test_idempotency_keys_are_the_same_for_the_same_step_and_fit_the_api():
    assert key_of("run", "orphan", "2020-06") == key_of("run", "orphan", "2020-06") != key_of("run", "orphan", "2020-07")
    assert key_of("a", "bc") != key_of("ab", "c") and 8 <= len(key_of("x")) <= 64


def report_of(runs, ledger, more=()):
    """A report over the job's runs and `more` runs that others made, with the given bank."""
    day = "2026-01-02"
    answers = {("banker", "GET", f"payments/reconciliations/{day}"): [{"breaks_open": 0, "difference_fen": 0}],
               ("auditor", "GET", "audit/events?limit=500"): [{"items": [{}] * 3, "next": None}]}
    answers[("maker", "GET", "payments/runs")] = [{"items": [*runs, *more], "next": None}]
    for run, (item, period) in zip(runs, PAYABLE):
        answers[("maker", "GET", f"payments/runs?item={item}&period={period}")] = [{"items": [run], "next": None}]
        answers[("maker", "GET", f"payments/runs/{run['id']}")] = [run]
    job = job_with(answers)
    job.imports["people"] = {"new_lines": 0, "changed_lines": 1, "unchanged_lines": 4}
    return build_report(job, day, ledger=ledger, violations=0, seconds={"load": 1.26})


@pytest.fixture
def runs():
    """Four runs whose money is partly paid, returned, rejected and open."""
    return [RUN | {"id": i, "item": item, "item_zh": f"项目{i}", "period": period, "state": "RELEASED", "paid_fen": 100, "returned_fen": 50, "rejected_fen": 50,
                   "open_fen": 100} for i, (item, period) in enumerate(PAYABLE, 1)]


def test_report_counts_rejected_money_as_returned_and_is_checked_against_the_bank(runs):
    ledger = {"files": 4, "credited_fen": 400, "double_credits": 0, "lines": []}
    report = report_of(runs, ledger)
    assert report["people"] == 5 and report["audit"] == {"events": 3} and report["seconds"] == {"load": 1.3}
    assert [row["returned_fen"] for row in report["programmes"]] == [100] * 4
    assert check_report(report) == []
    assert len(check_report(report_of(runs, ledger | {"credited_fen": 401}))) == 1
    assert len(check_report(report_of(runs, ledger | {"double_credits": 1}))) == 1
    runs[0]["open_fen"] = 99
    assert len(check_report(report_of(runs, ledger))) == 1


def test_report_holds_released_runs_of_others_too(runs):
    other = RUN | {"id": 9, "item": "orphan", "item_zh": "项目9", "period": "2020-07", "state": "CLOSED", "paid_fen": 300, "open_fen": 0}
    draft = other | {"id": 10, "state": "DRAFT", "paid_fen": 0}
    report = report_of(runs, {"files": 5, "credited_fen": 700, "double_credits": 0}, (other, draft))
    assert [row["run"] for row in report["programmes"]] == [1, 2, 3, 4, 9] and check_report(report) == []


def test_table_aligns_chinese(runs):
    lines = table_lines(report_of(runs, {"files": 4, "credited_fen": 400, "double_credits": 0}))
    assert len({width(line) for line in lines[:-1]}) == 1
    assert (width("护理ab"), pad("中", 4), pad("中", 4, right=True)) == (6, "中  ", "  中")
    assert table(("a", "b"), [("中文", "1")], right=(1,)) == ["a     b", "----  -", "中文  1"]
    assert (yuan(123456789), yuan(5), yuan(-250)) == ("1,234,567.89", "0.05", "-2.50")


def test_progress_in_a_file_is_lines_and_reaches_the_end():
    out = io.StringIO()
    progress = Speaker(out).progress("导入 / import")
    for done in range(0, 1001):
        progress(done, 1000)
    progress.end()
    lines = out.getvalue().splitlines()
    assert 1 <= len(lines) <= 3 and "1,000/1,000" in lines[-1] and "\r" not in out.getvalue()
