"""Building and installing: what runs is always an installed copy, so that a rebuild never disturbs a running stack."""
import filecmp
import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import EXIT_BUILD, StackError, last_lines

# What runs needs from the tree apart from the binaries: source -> place below the prefix.
SHARED = {"sql": "share/sql", "api-spec": "share/api-spec", "deploy/nginx": "share/nginx", "tests/fakebank": "share/fakebank",
          "tests/population": "share/population"}
PROGRAMS = ("huimin-beneficiaries", "huimin-programmes", "huimin-payments", "huimin-audit", "huimin-worker", "huimin-reconcile",
            "huimin")
STEP = re.compile(r"^\[(\d+)/(\d+)\]")


def build(clone, preset, log, progress=lambda done, total: None):
    """Configures a preset and builds its programs, without the unit tests; `progress` hears of each step of the build tool. The
    log holds everything."""
    with open(log, "w", encoding="utf-8") as stream:
        for argv in (["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset, "--target", *PROGRAMS]):
            _run_logged(argv, clone, stream, progress)
    return Path(clone) / "build" / preset


def _run_logged(argv, clone, stream, progress):
    env = dict(os.environ, NINJA_STATUS="[%f/%t] ", LC_ALL="C.UTF-8")
    try:
        with subprocess.Popen(argv, cwd=clone, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace") as child:
            for line in child.stdout:
                stream.write(line)
                step = STEP.match(line)
                if step:
                    progress(int(step[1]), int(step[2]))
    except FileNotFoundError as error:
        raise StackError(f"{argv[0]} 未安装 / is not installed: deploy/install-packages build", EXIT_BUILD) from error
    if child.returncode != 0:
        stream.flush()
        raise StackError(f"编译失败 / the build failed:\n{last_lines(stream.name, 30)}", EXIT_BUILD, stream.name)


def install(clone, build_dir, paths, account):
    """Installs into a new prefix beside the one in use; returns it, or None when nothing differs."""
    fresh = paths.root / "installed.new"
    shutil.rmtree(fresh, ignore_errors=True)
    done = subprocess.run(["cmake", "--install", str(build_dir), "--prefix", str(fresh)], check=False,
                          capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise StackError(f"cmake --install:\n{done.stderr.strip()}", EXIT_BUILD)
    for source, target in SHARED.items():
        shutil.copytree(Path(clone) / source, fresh / target, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    readable(fresh)
    account.own_tree(fresh)
    if paths.prefix.is_dir() and same_tree(fresh, paths.prefix):
        shutil.rmtree(fresh)
        return None
    return fresh


def activate(fresh, paths):
    """Puts a new prefix into the place of the old one; the programs of the old one must have been stopped."""
    shutil.rmtree(paths.prefix, ignore_errors=True)
    fresh.rename(paths.prefix)


def readable(top):
    """A strict umask of the caller must not hide the copy from the user that runs it."""
    for folder, _, files in os.walk(top):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            os.chmod(path, 0o755 if os.access(path, os.X_OK) and os.stat(path).st_mode & 0o111 else 0o644)


def same_tree(left, right):
    """Whether two trees hold the same files with the same bytes."""
    def listing(top):
        return sorted(str(path.relative_to(top)) for path in Path(top).rglob("*")
                      if path.is_file() and "__pycache__" not in path.parts)
    names = listing(left)
    return names == listing(right) and not any(
        not filecmp.cmp(Path(left) / name, Path(right) / name, shallow=False) for name in names)
