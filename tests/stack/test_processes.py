"""Processes, clusters and folders of a stack: what a killed or repeated command must find right again."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from stack import bootstrap
from stack.account import base_environment
from stack.build import same_tree
from stack.cluster import Cluster, conninfo_value
from stack.errors import StackError
from stack.paths import SOCKET_PATH_BYTES_MAX, Paths, var_folder
from stack.ports import HIGHEST, LOWEST, free_ports, is_free
from stack.process import Process, session_members, start_time, wait_until
from stack.services import Services


@pytest.fixture
def paths(account):
    """The folders of an empty stack."""
    root = Path(tempfile.mkdtemp(prefix="huimin-test-"))
    account.own(root)
    one = Paths(root / "s")
    one.make(account)
    yield one
    shutil.rmtree(one.sockets, ignore_errors=True)
    shutil.rmtree(root)


def test_process_runs_as_the_account_and_stops_with_its_code(paths, account):
    process = Process("sleeper", paths, account)
    process.start(["/bin/sh", "-c", "trap 'exit 0' TERM; echo started; while :; do sleep 0.05; done"], base_environment())
    wait_until(lambda: "started" in process.log.read_text(), "sleeper", 10, [process])
    assert os.stat(f"/proc/{process.pid()}").st_uid == account.uid
    assert Process("sleeper", paths, account).pid() == process.pid()  # another command finds it
    assert process.stop() == (False, 0)
    assert process.pid() is None and not process.pid_file.exists()


def test_process_that_ignores_term_is_killed(paths, account):
    process = Process("stubborn", paths, account)
    process.start(["/bin/sh", "-c", "trap '' TERM; echo started; while :; do sleep 0.05; done"], base_environment())
    wait_until(lambda: "started" in process.log.read_text(), "stubborn", 10, [process])
    assert process.stop(grace_s=0.2) == (True, -signal.SIGKILL)


def test_dead_process_is_reported_with_the_end_of_its_log(paths, account):
    process = Process("broken", paths, account)
    process.start(["/bin/sh", "-c", "echo no such table; exit 3"], base_environment())
    with pytest.raises(StackError, match="no such table"):
        wait_until(lambda: False, "broken", 10, [process])
    assert process.stop() == (False, 3)


def test_reused_pid_is_not_taken_for_the_process(paths, account):
    process = Process("stale", paths, account)
    account.write(process.pid_file, f"{os.getpid()} 1\n")
    assert process.pid() is None
    assert process.stop() == (False, None)  # and the test still runs
    account.write(process.pid_file, "rubbish")
    assert process.pid() is None
    assert start_time(os.getpid()) is not None


def test_children_of_a_killed_process_do_not_outlive_its_next_start(paths, account):
    process = Process("parent", paths, account)
    process.start(["/bin/sh", "-c", "sleep 600 & echo started; wait"], base_environment())
    wait_until(lambda: "started" in process.log.read_text(), "parent", 10, [process])
    leader = process.pid()
    process.signal(signal.SIGKILL)
    wait_until(lambda: start_time(leader) is None, "the end of the parent", 10)
    assert session_members(leader)
    process.start(["/bin/sleep", "600"], base_environment())
    assert not session_members(leader)
    assert process.stop() == (False, -signal.SIGTERM)


def test_cluster_is_private_repeatable_and_quiet_about_data(paths, account):
    cluster = Cluster(paths, account, durable=False)
    try:
        assert cluster.create() and cluster.start()
        assert not cluster.create() and not cluster.start()
        bootstrap.create_database(cluster)
        bootstrap.create_database(cluster)
        shown = {name: cluster.psql("postgres", f"show {name}") for name in (
            "listen_addresses", "log_parameter_max_length", "log_parameter_max_length_on_error", "log_min_error_statement",
            "password_encryption", "timezone", "server_encoding", "lc_collate")}
        assert shown == {"listen_addresses": "", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
                         "log_min_error_statement": "panic", "password_encryption": "scram-sha-256", "timezone": "Asia/Shanghai",
                         "server_encoding": "UTF8", "lc_collate": "C.UTF-8"}
        with pytest.raises(StackError, match="relation"):
            cluster.psql("postgres", "select 'a secret 340199' from no_such_table")
        assert "340199" not in cluster.log.read_text(encoding="utf-8")
    finally:
        cluster.stop()
    assert not cluster.running()


def test_cluster_refuses_a_wrong_password(paths, account):
    cluster = Cluster(paths, account, durable=False)
    try:
        cluster.create()
        cluster.start()
        account.write(cluster.passfile("postgres"), "*:*:*:postgres:wrong\n")
        with pytest.raises(StackError, match="password authentication failed"):
            cluster.psql("postgres", "select 1", database="postgres")
    finally:
        cluster.stop()


def test_interrupted_initdb_and_killed_server_are_recovered(paths, account):
    cluster = Cluster(paths, account, durable=False)
    account.make_dir(paths.root / "cluster.new")
    account.write(paths.root / "cluster.new" / "PG_VERSION", "15\n")
    try:
        cluster.create()
        cluster.start()
        pid = int((paths.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: start_time(pid) is None, "the killed server", 20)
        assert cluster.start()
        assert cluster.psql("postgres", "select 1", database="postgres") == "1"
    finally:
        cluster.stop()


def test_socket_path_stays_below_the_kernel_s_limit(tmp_path):
    short = Paths("/var/tmp/x")
    assert short.sockets == Path("/var/tmp/x/sockets")
    long = Paths(tmp_path / ("d" * 120))
    assert long.sockets.parent == Path("/tmp")
    assert len(os.fsencode(long.sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX
    assert Paths(tmp_path / ("e" * 120)).sockets != long.sockets


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that the stack's user cannot enter")
def test_var_becomes_a_link_when_the_user_cannot_enter_the_clone(tmp_path, account):
    clone = tmp_path / "clone"
    clone.mkdir()
    clone.chmod(0o700)
    said = []
    var = var_folder(clone, account, said.append)
    try:
        assert var.is_symlink() and len(said) == 1 and account.reaches(var.resolve())
        assert var_folder(clone, account, said.append) == var and len(said) == 1
    finally:
        shutil.rmtree(var.resolve())


def test_var_is_a_link_when_the_path_has_odd_characters(account):
    folder = Path(tempfile.mkdtemp(prefix="huimin test; "))
    folder.chmod(0o755)
    try:
        var = var_folder(folder, account, lambda line: None)
        assert var.is_symlink() and " " not in str(var.resolve())
        shutil.rmtree(var.resolve())
    finally:
        shutil.rmtree(folder)


def test_folder_of_another_user_is_refused(account, tmp_path):
    if account.switches:
        foreign = tmp_path / "foreign"
        foreign.mkdir()
    else:
        foreign = Path("/root") if os.access("/root", os.X_OK) else Path("/usr")
    with pytest.raises(StackError, match="another user"):
        account.make_dir(foreign)


def test_free_ports_are_free_different_and_below_the_outgoing_range():
    ports = free_ports(20)
    assert len(set(ports)) == 20 and all(LOWEST <= port < HIGHEST and is_free(port) for port in ports)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", ports[0]))
        holder.listen()
        assert not is_free(ports[0])


def test_services_see_only_their_own_password(paths, account):
    cluster = Cluster(paths, account)
    env = Services(paths, account, cluster).environment("payments")
    assert "huimin_payments.pgpass" in env["HUIMIN_DATABASE"] and cluster.password("huimin_payments") not in str(env)
    mode = cluster.passfile("huimin_payments").stat().st_mode
    assert mode & 0o077 == 0
    assert cluster.password("huimin_payments") != cluster.password("huimin_audit")


def test_conninfo_values_are_quoted():
    assert conninfo_value("it's \\ here") == "'it\\'s \\\\ here'"


def test_same_tree_sees_content_and_names(tmp_path):
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "f").write_text("1")
    assert same_tree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "f").write_text("2")
    assert not same_tree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "f").write_text("1")
    (tmp_path / "b" / "g").write_text("")
    assert not same_tree(tmp_path / "a", tmp_path / "b")


def test_install_packages_has_its_groups_and_a_usage():
    script = Path(__file__).resolve().parents[2] / "deploy" / "install-packages"
    listed = subprocess.run([script, "--list", "run", "build", "test"], check=True, capture_output=True, text=True).stdout.split()
    assert {"postgresql-15", "nginx-light", "libulfius-dev", "libcmocka-dev", "python3-pytest"} <= set(listed)
    assert subprocess.run([script], check=False, capture_output=True).returncode == 2
    assert subprocess.run([script, "other"], check=False, capture_output=True).returncode == 2
