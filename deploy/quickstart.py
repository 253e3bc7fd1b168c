#!/usr/bin/python3
"""The work of deploy/quickstart, after the packages are installed: build, start, do the job, report. See there for usage."""
import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

from job.client import Api, ApiError  # noqa: E402
from job.main_job import JobError, MainJob  # noqa: E402
from job.principals import PRINCIPALS  # noqa: E402
from job.report import build_report, check_report, table_lines  # noqa: E402
from job.say import Speaker  # noqa: E402
from stack.account import Account  # noqa: E402
from stack.build import build  # noqa: E402
from stack.errors import EXIT_JOB, EXIT_PLACE, EXIT_USAGE, StackError  # noqa: E402
from stack.paths import short_hash, var_folder  # noqa: E402
from stack.stack import Stack  # noqa: E402

CLONE = Path(__file__).resolve().parent.parent
FOLDER = "quickstart"
DEFAULT_PORT = 8080


class Quickstart:
    """One call of deploy/quickstart that builds, starts and pays."""

    def __init__(self, options, stack, speaker):
        self.factor = options.people
        self.stack = stack
        self.speaker = speaker
        self.seconds = {"install": float(os.environ.get("HUIMIN_INSTALL_SECONDS", "0"))}

    @contextlib.contextmanager
    def timed(self, name, chinese, english):
        """Announces a part of the work and keeps its duration for the report."""
        self.speaker.step(chinese, english)
        begin = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - begin

    def run(self):
        """All of it; returns the report."""
        stack = self.stack
        stack.paths.make(stack.account)
        with self.timed("build", "编译发布版", "building the release"):
            progress = self.speaker.progress("编译 / compile")
            build_dir = build(CLONE, "release", build_log(), progress)
            progress.end()
        with self.timed("start", "建库并启动服务", "private database, services, worker, fake bank, gateway"):
            stack.prepare(CLONE, build_dir)
            stack.start()
        population = self.population()
        job = MainJob(Api(stack.url, self.token), stack.bank, self.speaker, self.factor, stack.require_alive)
        with self.timed("load", "经接口导入人员", "importing the people through the API"):
            job.load(population)
        with self.timed("pay", "发放", "paying: maker, checker and releaser are different people"):
            job.contract_bank()
            job.appropriate()
            job.pay()
            job.await_bank()
            day = job.settle()
        with self.timed("reconcile", "夜间对账", "the night's reconciliation"):
            stack.reconcile(day)
        report = build_report(job, day, ledger=stack.bank.ledger(), violations=stack.violations(), seconds=self.seconds)
        stack.require_alive()
        return report

    def token(self, person):
        """An access token for one of the job's people."""
        return self.stack.token(person, PRINCIPALS[person], ttl_s=3600)

    def population(self):
        """The generated people: made once, complete or not at all; the size of a stack cannot change later."""
        folder = self.stack.paths.root / "population"
        size = folder / "factor"
        if size.exists() and size.read_text(encoding="ascii").strip() != str(self.factor):
            raise StackError(f"已按 --people {size.read_text().strip()} 建立，请先 --reset / made with another --people: --reset first",
                             EXIT_USAGE)
        if not size.exists():
            self.speaker.step("生成人口数据", "generating the people (fixed seed, fictitious)")
            shutil.rmtree(folder, ignore_errors=True)
            self.stack.account.make_dir(folder)
            self.stack.account.run(["/usr/bin/python3", self.stack.paths.share / "population" / "generate", "--people",
                                    self.factor, "--out", folder], exit_code=EXIT_JOB)
            self.stack.account.write(size, f"{self.factor}\n")
        return folder


def build_log():
    """The build's log lies in the clone's own build folder: the build runs as the caller, not as the unprivileged user."""
    folder = CLONE / "build"
    folder.mkdir(exist_ok=True)
    return folder / "quickstart-build.log"


def show(report, stack, speaker):
    """The table, the addresses and calls that can be pasted."""
    speaker.line()
    for line in table_lines(report):
        speaker.line(line)
    bank, recon = report["bank"], report["reconciliation"]
    speaker.line()
    speaker.line(f"人员 / people {report['people']:,}; 银行文件 / bank files {bank['files']}; 银行入账 / credited "
                 f"{bank['credited_fen'] / 100:,.2f}; 重复入账 / double credits {bank['double_credits']}")
    speaker.line(f"对账差额 / difference {recon['difference_fen']} fen; 未结差异 / open breaks {recon['breaks_open']}; "
                 f"审计事件 / audit events {report['audit']['events']:,}; 一致性检查未通过 / "
                 f"violations {report['invariants']['violations']}")
    if report["runs_found"]:
        speaker.line(f"{report['runs_found']} 个批次此前已完成，本次未重复发放 / runs were done before: nothing was paid twice")
    paths = stack.paths
    speaker.line()
    speaker.line(f"地址 / address    {stack.url}/")
    speaker.line(f"报告 / report     {paths.root / 'report.json'}")
    speaker.line(f"对账 / reconciliation  {paths.reports}")
    speaker.line(f"日志 / logs       {paths.logs}")
    speaker.line()
    speaker.line("调用示例 / example calls:")
    speaker.line(f"  TOKEN=$({paths.bin / 'huimin'} token --dir {paths.keys} --subject supervisor --scope supervision:read "
                 "--district 340103)")
    for path in ("payments/runs", f"payments/runs/{report['programmes'][0]['run']}/payments?limit=3", "programmes/items",
                 "audit/events?limit=3"):
        speaker.line(f"  curl -s -H \"Authorization: Bearer $TOKEN\" '{stack.url}/api/v1/{path}'")
    speaker.line("停止 / stop: deploy/quickstart --stop")


def write_report(report, stack):
    """The report as a file that everybody may read."""
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    stack.account.write(stack.paths.root / "report.json", text, 0o644)


def start(options, stack, speaker):
    """The ordinary call."""
    stack.gateway.require_port()  # before minutes of building
    report = Quickstart(options, stack, speaker).run()
    write_report(report, stack)
    show(report, stack, speaker)
    wrong = check_report(report)
    for sentence in wrong:
        speaker.line(f"!! {sentence}")
    return EXIT_JOB if wrong else 0


def stop(stack, speaker):
    """--stop: no process is left; the data stay."""
    bad = stack.stop()
    if bad:
        speaker.line("未正常结束 / did not end well: " + ", ".join(bad))
    speaker.step("已停止", "stopped; the data are kept")
    return 0


def reset(stack, speaker):
    """--reset: stops and removes what quickstart made, and nothing else."""
    stack.stop()
    if stack.paths.sockets.parent != stack.paths.root:
        shutil.rmtree(stack.paths.sockets, ignore_errors=True)
    shutil.rmtree(stack.paths.root)
    var = CLONE / "var"
    with contextlib.suppress(OSError):  # others may have put things there
        Path(os.path.realpath(var)).rmdir()
        if var.is_symlink():
            var.unlink()
    speaker.step("已清除", "removed")
    return 0


def parse(arguments):
    """The options; usage errors end with 2."""
    parser = argparse.ArgumentParser(prog="deploy/quickstart", add_help=False, allow_abbrev=False)
    parser.add_argument("--stop", action="store_true")
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--port", type=port_number)
    parser.add_argument("--people", type=positive_factor, default=1.0)
    return parser.parse_args(arguments)


def port_number(text):
    """A TCP port that needs no root."""
    if not text.isascii() or not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("1024..65535")
    return int(text)


def positive_factor(text):
    """The size of the population."""
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.001 <= factor <= 1000.0:
        raise argparse.ArgumentTypeError("0.001..1000")
    return factor


def dispatch(options, speaker):
    """Finds the place of the stack and does what was asked for."""
    account = Account()
    ending = options.stop or options.reset
    if ending and not (CLONE / "var" / FOLDER).is_dir():
        speaker.step("没有可停止的内容", "nothing to stop")
        return 0
    root = var_folder(CLONE, account, speaker.line) / FOLDER
    if root.exists() and root.stat().st_uid != account.uid:
        raise StackError(f"{root} 属于其他用户 / belongs to another user than {account.name}", EXIT_PLACE)
    stack = Stack(root, account, port=options.port or (None if (root / "state.json").exists() else DEFAULT_PORT),
                  scenario="quickstart")
    with stack.lock():
        if options.reset:
            return reset(stack, speaker)
        return stop(stack, speaker) if options.stop else start(options, stack, speaker)


def main(arguments):
    """Exit code of the command; every expected failure is a message, not a traceback. --check only looks at the options."""
    options = parse([argument for argument in arguments if argument != "--check"])
    if "--check" in arguments:
        return 0
    speaker = Speaker()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.umask(0o022)
    try:
        return dispatch(options, speaker)
    except (StackError, JobError, ApiError) as error:
        print(f"\n失败 / failed: {error}", file=sys.stderr)
        print(f"日志 / logs: {CLONE / 'var' / FOLDER / 'logs'}\n修复后再次运行即可继续 / call again to go on from here",
              file=sys.stderr)
        return getattr(error, "exit_code", EXIT_JOB)
    except subprocess.TimeoutExpired as error:
        print(f"\n超时 / timed out: {error.cmd[0]}", file=sys.stderr)
        return EXIT_JOB
    except KeyboardInterrupt:
        print("\n已中断，再次运行即可继续 / interrupted; call again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
