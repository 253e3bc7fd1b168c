"""Fixtures of every Python suite: one private stack for the session, clients of its people, a bare database."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True

from job.principals import PRINCIPALS  # noqa: E402
from stack.account import Account  # noqa: E402
from stack.stack import Stack  # noqa: E402
from support.client import Client  # noqa: E402

CLONE = Path(__file__).resolve().parent.parent
EXERCISED = set()  # "GET /api/v1/..." of every call of the session


def pytest_addoption(parser):
    """Which build the tests run."""
    parser.addoption("--build-dir", default=str(CLONE / "build" / "dev"), help="CMake build folder whose programs are tested")
    parser.addoption("--exercised", help="file that gets the exercised operations, one a line")


@pytest.fixture(scope="session")
def build_dir(request):
    """The CMake build folder under test."""
    return Path(request.config.getoption("--build-dir")).resolve()


@pytest.fixture(scope="session")
def account():
    """The unprivileged user that the processes under test run as."""
    return Account()


@pytest.fixture(scope="session")
def make_stack(build_dir, account):
    """Makes further stacks, prepared but not started, for tests that kill or break things; all end with the session."""
    made = []

    def make():
        root = Path(tempfile.mkdtemp(prefix="huimin-test-"))
        account.own(root)
        stack = Stack(root / "s", account, durable=False)
        made.append((root, stack))
        stack.prepare(CLONE, build_dir)
        return stack

    yield make
    failures = []
    for root, stack in made:
        try:
            failures += stack.stop()
        finally:
            keep_or_remove(root, stack)
    assert not failures, f"programs that did not end with 0: {failures}"


def keep_or_remove(root, stack):
    """Removes a stack's folder; with HUIMIN_KEEP_STACKS set it stays, for a look at its logs."""
    if os.environ.get("HUIMIN_KEEP_STACKS"):
        print(f"\nkept: {root}")
        return
    shutil.rmtree(stack.paths.sockets, ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def stack(make_stack):
    """The session's stack: cluster, services, worker, fake bank and gateway on free ports."""
    one = make_stack()
    one.start()
    return one


@pytest.fixture(scope="session")
def store(make_stack):
    """A database with the catalogue and no process that uses it, for the tests of SQL alone."""
    return make_stack()


def clients_of(stack):
    """Makes the clients of a stack."""
    clients = {}

    def client(person, scopes=None, **claims):
        key = (person, tuple(scopes or ()), json.dumps(claims, sort_keys=True))
        if key not in clients:
            token = None if person is None else stack.token(person, scopes or PRINCIPALS[person], **claims)
            clients[key] = Client(stack.url, token, EXERCISED)
        return clients[key]

    return client


@pytest.fixture(scope="session")
def client_for(stack):
    """client_for("maker") is a Client of that person; scopes, district, divisions and programmes can be given instead.

    client_for(None) sends no token; client_for("x", scopes=[...]) is somebody else.
    """
    return clients_of(stack)


@pytest.fixture(scope="session")
def clients():
    """clients(stack) gives what client_for is, for a stack that a test made itself."""
    return clients_of


@pytest.fixture(scope="session")
def generate_population(tmp_path_factory):
    """generate_population(factor) gives a folder with people.csv, enrolments.csv and manifest.json."""
    folders = {}

    def generate(factor):
        if factor not in folders:
            folders[factor] = tmp_path_factory.mktemp("population")
            subprocess.run([CLONE / "tests" / "population" / "generate", "--people", str(factor), "--out", folders[factor]],
                           check=True, capture_output=True)
        return folders[factor]

    return generate


def pytest_sessionfinish(session):
    """Leaves the exercised operations for tests/lint/routes."""
    target = session.config.getoption("--exercised")
    if target:
        Path(target).write_text("".join(f"{name}\n" for name in sorted(EXERCISED)), encoding="utf-8")
