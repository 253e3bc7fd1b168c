"""The whole stack with the real programs: ready, recovered after kills, drained, gone."""
import os
import signal

import pytest
import requests

from stack.account import base_environment
from stack.errors import StackError
from stack.process import start_time, wait_until
from stack.services import HTTP_SERVICES, answers

ROLES_WITHOUT_SUPERUSER = 7


@pytest.fixture(scope="module")
def own(make_stack):
    """A stack of this module's own, because its processes get killed."""
    one = make_stack()
    one.start()
    return one


def everything(stack):
    """Every process of a stack but the cluster."""
    return [*stack.services.processes.values(), stack.bank.process, stack.gateway.process]


def test_every_service_is_ready_and_routed(own):
    for name in HTTP_SERVICES:
        base = f"http://127.0.0.1:{own.services.ports[name]}"
        assert all(answers(f"{base}/{page}") for page in ("healthz", "readyz"))
        refused = requests.get(f"{own.url}/api/v1/{name}/nothing")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_metrics_are_not_reachable_through_the_gateway(own):
    for page in ("metrics", "readyz"):
        assert requests.get(f"{own.url}/{page}").status_code == 404


def test_nothing_runs_as_root(own):
    for process in everything(own):
        assert os.stat(f"/proc/{process.pid()}").st_uid == own.account.uid != 0


def test_second_preparation_and_start_change_nothing(own, build_dir, request):
    pids = [process.pid() for process in everything(own)]
    secrets = {path.name: path.read_bytes() for path in own.paths.keys.iterdir()}
    own.prepare(request.config.rootpath, build_dir)
    own.start()
    assert [process.pid() for process in everything(own)] == pids
    assert {path.name: path.read_bytes() for path in own.paths.keys.iterdir()} == secrets


@pytest.mark.parametrize("name", ["huimin-payments", "huimin-worker", "fakebank", "gateway"])
def test_killed_process_is_noticed_and_started_again(own, name):
    process = next(process for process in everything(own) if process.name == name)
    pid = process.pid()
    process.signal(signal.SIGKILL)
    wait_until(lambda: start_time(pid) is None, name, 10)
    with pytest.raises(StackError, match=name):
        own.require_alive()
    own.start()
    assert process.pid() not in (pid, None)
    own.require_alive()


def test_services_come_back_after_the_database_was_restarted(own):
    own.cluster.stop()
    wait_until(lambda: not own.services.ready("payments"), "readyz says no", 20)
    own.cluster.start()
    for name in HTTP_SERVICES:
        wait_until(lambda one=name: own.services.ready(one), name, 30)
    own.require_alive()


def test_roles_are_not_superusers_and_own_nothing_but_the_owner(own):
    sql = "select count(*) from pg_roles where rolname like 'huimin%' and not rolsuper and not rolbypassrls and not rolcreaterole"
    assert int(own.cluster.psql("postgres", sql)) >= ROLES_WITHOUT_SUPERUSER
    owners = own.cluster.psql("postgres", "select distinct tableowner from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
    assert owners == "huimin_owner"


def test_stop_leaves_no_process_and_every_program_ends_with_0(own):
    environment_mark = os.fsencode(own.paths.root)
    assert own.stop() == []
    left = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ, open(f"/proc/{pid}/cmdline", "rb") as cmdline:
                if environment_mark in environ.read() + cmdline.read():
                    left.append(pid)
        except OSError:
            continue
    assert not left and not own.cluster.running()
    own.cluster.start()
    own.start()


def test_logs_hold_no_password(own):
    passwords = [own.cluster.password(path.stem) for path in own.paths.secrets.glob("*.pgpass")]
    assert len(passwords) >= ROLES_WITHOUT_SUPERUSER
    logs = "".join(path.read_text(encoding="utf-8", errors="replace") for path in own.paths.logs.iterdir())
    assert logs and not any(password in logs for password in passwords)


def test_environment_of_a_program_is_small_and_fixed(own):
    assert set(base_environment()) <= {"PATH", "LANG", "TZ", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}
    assert "HOME" not in own.services.environment("payments")
