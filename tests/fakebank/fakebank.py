"""An agent bank for tests and the quickstart: command line and main loop. See README.md."""
import argparse
import fcntl
import json
import logging
import os
import re
import secrets
import signal
import sys
import threading
import time

import bank_engine
import bank_files
import bank_ledger
import bank_scenario

LEDGER, LOCK = "ledger.sqlite", "fakebank.lock"


def serve(args):
    scenario = bank_scenario.load(args.scenario)
    if scenario.date and not bank_files.is_day(scenario.date):
        raise bank_scenario.ScenarioError("date: YYYYMMDD is expected")
    os.makedirs(args.dir, exist_ok=True)
    with open(os.path.join(args.dir, LOCK), "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("fakebank: another bank works in this folder", file=sys.stderr)
            return 1
        given = {"unit": args.unit, "account": args.account, "bank": args.bank, "opening_fen": args.opening_fen}
        ledger = bank_ledger.Ledger(os.path.join(args.dir, LEDGER), {k: v for k, v in given.items() if v is not None})
        bank = bank_engine.Bank(args.dir, ledger, scenario, args.date)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logging.info("ready, booking day %s", bank.today())
        while not stop.is_set():
            bank.tick()
            stop.wait(args.poll_ms / 1000)
        ledger.close()
        logging.info("stopped")
    return 0


def give_order(folder, order, wait_s):
    """Drops an order into the control folder and waits until the bank has carried it out; True when it has."""
    control = os.path.join(folder, "control")
    os.makedirs(control, exist_ok=True)
    name = f"{order}.{os.getpid()}-{secrets.token_hex(4)}"
    bank_files.write_durably(control, name, b"")
    deadline = time.monotonic() + wait_s
    while os.path.exists(os.path.join(control, name)):
        if time.monotonic() >= deadline:
            return wait_s == 0
        time.sleep(0.02)
    return True


def order_command(args):
    order = args.order if args.command == "control" else "close-day" + (f"-{args.date}" if args.date else "")
    if not bank_engine.order_is_known(order):
        print(f"fakebank: unknown order {order}", file=sys.stderr)
        return 2
    if give_order(args.dir, order, args.wait):
        return 0
    print(f"fakebank: {order} was not carried out within {args.wait} seconds; does the bank run?", file=sys.stderr)
    return 1


def ledger_command(args):
    path = os.path.join(args.dir, LEDGER)
    if not os.path.exists(path):
        print("fakebank: no ledger in this folder", file=sys.stderr)
        return 1
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the reader may stop early
    ledger = bank_ledger.Ledger(path, read_only=True)
    json.dump(ledger.report(), sys.stdout, ensure_ascii=False, indent=1)
    print()
    ledger.close()
    return 0


def pattern(expression, what):
    def check(text):
        if not re.fullmatch(expression, text) or (what == "YYYYMMDD" and not bank_files.is_day(text)):
            raise argparse.ArgumentTypeError(f"{what} is expected")
        return text
    return check


def whole(low, high):
    def check(text):
        if not re.fullmatch(r"[0-9]{1,15}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low} to {high} is expected")
        return int(text)
    return check


def parse_arguments(argv):
    day, wait = pattern(r"[0-9]{8}", "YYYYMMDD"), whole(0, 3600)
    parser = argparse.ArgumentParser(prog="fakebank", description="An agent bank for tests, with its own ledger.")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("serve", help="take files from DIR/outbox and answer into DIR/inbox until SIGTERM")
    one.add_argument("--unit", type=pattern(r"[0-9]{4}", "a unit number of 4 digits"), help="the payer's number (default 0042)")
    one.add_argument("--account", type=pattern(r"[0-9]{8,32}", "8 to 32 digits"), help="the payer's account (default 9550880000000042)")
    one.add_argument("--bank", type=pattern(r"[A-Z0-9]{2,8}", "2 to 8 capital letters or digits"), help="the bank's code (default AHLY)")
    one.add_argument("--opening-fen", type=whole(0, 10**15 - 1), help="opening balance (default 1000000000000)")
    one.add_argument("--scenario", default="clean", help="a scenario file, or clean, quickstart, misbehaving (default clean)")
    one.add_argument("--date", type=day, help="the bank's day, YYYYMMDD (default: today in China)")
    one.add_argument("--poll-ms", type=whole(1, 60000), default=100, help="how often to look for files (default 100)")
    two = commands.add_parser("close-day", help="have the statement written, and wait for it")
    two.add_argument("--date", type=day, help="the day to close (default: the bank's day)")
    three = commands.add_parser("control", help="give an order, and wait until it is carried out")
    three.add_argument("order", help="close-day, close-day-YYYYMMDD, answer, returns, ledger, deposit-FEN-REF")
    for command in (two, three):
        command.add_argument("--wait", type=wait, default=60, metavar="SECONDS", help="0: do not wait (default 60)")
    four = commands.add_parser("ledger", help="print the ledger as JSON")
    for command in (one, two, three, four):
        command.add_argument("--dir", required=True, help="the folder shared with the payer")
    return parser.parse_args(argv)


def main(argv=None):
    args = parse_arguments(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s fakebank: %(message)s")
    try:
        if args.command == "serve":
            return serve(args)
        return ledger_command(args) if args.command == "ledger" else order_command(args)
    except (bank_scenario.ScenarioError, bank_ledger.SettingsDiffer) as error:
        print(f"fakebank: {error}", file=sys.stderr)
        return 2
