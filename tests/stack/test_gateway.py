"""The real nginx with its real configuration in front of a stand-in service that answers with what it received."""
import http.server
import json
import re
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest
import requests

from stack.gateway import Gateway
from stack.paths import Paths
from stack.ports import free_ports
from stack.services import HTTP_SERVICES

ROOT = Path(__file__).resolve().parents[2]
BODY_BYTES_MAX = 32 * 1024 * 1024


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers every request with its target, headers and body length."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        body = json.dumps({"target": self.path, "headers": dict(self.headers), "body_bytes": length}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", "of-the-service")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        """Silent."""


@pytest.fixture(scope="module")
def gateway(account):
    """A gateway whose payments service echoes and whose audit service is away."""
    root = Path(tempfile.mkdtemp(prefix="huimin-test-"))
    account.own(root)
    paths = Paths(root / "s")
    paths.make(account)
    shutil.copytree(ROOT / "deploy" / "nginx", paths.share / "nginx")
    shutil.copytree(ROOT / "api-spec", paths.share / "api-spec")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = dict.fromkeys(HTTP_SERVICES, server.server_address[1]) | {"audit": free_ports(1)[0]}
    one = Gateway(paths, account, free_ports(1)[0])
    one.start(ports)
    yield one
    one.stop()
    server.shutdown()
    shutil.rmtree(root)


def raw(gateway, text):
    """Sends bytes as they are and returns the whole answer."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
        connection.sendall(text)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer.decode("utf-8")


def problem(response, status, code):
    """A problem document of the gateway's own."""
    assert response.status_code == status and response.headers["Content-Type"] == "application/problem+json"
    document = response.json()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"urn:huimin:error:{code}")
    assert document["request_id"] == response.headers["X-Request-Id"]
    return document


def test_unknown_path_is_a_problem_in_the_caller_s_language(gateway):
    assert problem(requests.get(gateway.url + "/nothing"), 404, "not_found")["title"] == "资源不存在"
    english = requests.get(gateway.url + "/nothing", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert problem(english, 404, "not_found")["title"] == "No such resource"


def test_internal_location_is_not_reachable(gateway):
    problem(requests.get(gateway.url + "/problem"), 404, "not_found")


@pytest.mark.parametrize("target", ["/api/v1/payments//a", "/api/v1/payments/a%2Fb", "/api/v1/payments/a%00", "/api/v1/payments/x/../y",
                                    "/api/v1/payments/a?b=1&b=2", "/api/v1/payments/a/"])
def test_target_reaches_the_service_as_sent(gateway, target):
    answer = raw(gateway, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    if "%00" in target:  # nginx refuses a NUL itself
        assert " 400 " in answer.splitlines()[0] and '"code":"bad_request"' in answer
    else:
        assert json.loads(answer.partition("\r\n\r\n")[2])["target"] == target


def test_service_gets_request_id_and_peer_and_the_caller_one_request_id(gateway):
    own = requests.get(gateway.url + "/api/v1/payments/a", headers={"X-Request-Id": "clerk-00000001", "X-Real-IP": "6.6.6.6"})
    assert own.headers["X-Request-Id"] == "clerk-00000001"
    seen = own.json()["headers"]
    assert (seen["X-Request-Id"], seen["X-Real-IP"]) == ("clerk-00000001", "127.0.0.1")
    odd = requests.get(gateway.url + "/api/v1/payments/a", headers={"X-Request-Id": "<b>"})
    assert odd.headers["X-Request-Id"] == odd.json()["headers"]["X-Request-Id"] != "<b>"


def test_largest_body_passes_and_one_byte_more_does_not(gateway):
    largest = requests.post(gateway.url + "/api/v1/payments/a", data=bytes(BODY_BYTES_MAX))
    assert largest.json()["body_bytes"] == BODY_BYTES_MAX


@pytest.mark.parametrize("head", [f"Content-Length: {BODY_BYTES_MAX + 1}", "Transfer-Encoding: chunked"])
def test_too_large_body_is_413_chunked_too(gateway, head):
    """The service never sees it: nginx collects the whole body first."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
        connection.sendall(f"POST /api/v1/payments/a HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        if "chunked" in head:
            chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
            try:
                for _ in range(33):
                    connection.sendall(chunk)
            except (ConnectionResetError, BrokenPipeError):
                pass  # it may stop reading as soon as the limit is passed
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413 ") and '"code":"payload_too_large"' in answer


def test_headers_and_address_have_limits_below_the_services_own(gateway):
    problem(requests.get(gateway.url + "/api/v1/payments/a", headers={"X-Long": "a" * 8000}), 431, "headers_too_large")
    problem(requests.get(gateway.url + "/api/v1/payments/" + "a" * 8000), 414, "uri_too_long")
    many = {f"X-{i}": "a" * 6000 for i in range(6)}
    problem(requests.get(gateway.url + "/api/v1/payments/a", headers=many), 431, "headers_too_large")


def test_service_that_is_away_is_502(gateway):
    problem(requests.get(gateway.url + "/api/v1/audit/events"), 502, "bad_gateway")


def test_malformed_requests_are_400(gateway):
    assert " 400 " in raw(gateway, b"GET /api/v1/payments/a HTTP/1.1\r\nConnection: close\r\n\r\n").splitlines()[0]
    both = b"POST /api/v1/payments/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
    assert " 400 " in raw(gateway, both).splitlines()[0]


def test_landing_page_documents_and_health(gateway):
    page = requests.get(gateway.url + "/")
    assert page.status_code == 200 and "/api/v1/payments/..." in page.text
    links = re.findall(r'href="([^"]+)"', page.text)
    assert sorted(links) == [f"/api-spec/{name}" for name in ("audit.yaml", "beneficiaries.yaml", "components.yaml", "errors.yaml", "examples/change-list.csv",
                                                             "payments.yaml", "programmes.yaml")]
    assert {requests.get(gateway.url + link).status_code for link in links} == {200}
    example = requests.get(gateway.url + "/api-spec/examples/change-list.csv")
    assert example.headers["Content-Type"] == "text/csv; charset=utf-8" and example.content == (ROOT / "api-spec" / "examples" / "change-list.csv").read_bytes()
    problem(requests.get(gateway.url + "/api-spec/errors_to_c.py"), 404, "not_found")
    problem(requests.get(gateway.url + "/api-spec/../nginx/gateway.conf.in"), 404, "not_found")
    assert requests.get(gateway.url + "/healthz").json() == {"status": "ok"}


def test_a_changed_port_is_a_new_configuration(gateway):
    """The second start changes nothing; other ports do."""
    text = gateway.conf.read_text(encoding="utf-8")
    assert "@" not in text.replace("@@", "")
    pid = gateway.process.pid()
    ports = {name: int(text.split(f"upstream {name} ")[1].split("127.0.0.1:")[1].split()[0]) for name in HTTP_SERVICES}
    gateway.start(ports)
    assert gateway.process.pid() == pid
    gateway.start(ports | {"audit": free_ports(1)[0]})
    assert gateway.process.pid() not in (pid, None)


def test_access_log_holds_no_query(gateway):
    requests.get(gateway.url + "/api/v1/payments/a?secret=1234567")
    assert "1234567" not in (gateway.paths.logs / "gateway-access.log").read_text(encoding="utf-8")
    assert "1234567" not in gateway.process.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("path, logged", [
    ("/api/v1/payments/runs/1234567890/lines/", "/api/v1/payments/runs/1234567890/lines/"),
    ("/api/v1/payments/reconciliations/2026-01-31?x=1", "/api/v1/payments/reconciliations/2026-01-31"), ("/", "/"),
    ("/api/v1/payments/persons/340103194910010015/clear", "/api/v1/payments/persons/*"),
    ("/api/v1/payments/persons/34010319491001001X", "/api/v1/payments/persons/*"), ("/13800138000", "/*"),
    ("/api/v1/payments/138-0013-8000/x", "/api/v1/payments/*"), ("/api/v1/payments/%31%33800138000", "/api/v1/payments/*"),
    ("/api/v1/payments/%E5%BC%A0%E4%B8%89", "/api/v1/payments/*"), ("/api/v1/audit/persons/340103194910010015", "/api/v1/audit/persons/*")])
def test_access_log_holds_no_number_of_a_person(gateway, path, logged):
    answer = requests.get(gateway.url + path)
    deadline, found = time.monotonic() + 10, []
    while not found:  # written when the answer has gone out
        assert time.monotonic() < deadline
        lines = [json.loads(line) for line in (gateway.paths.logs / "gateway-access.log").read_text(encoding="utf-8").splitlines()]
        found = [line for line in lines if line["request"] == answer.headers["X-Request-Id"]]
    [line] = found
    assert line["path"] == logged
    assert not re.search("[0-9]{11}|13800|%E5", json.dumps(line["path"]) + gateway.process.log.read_text(encoding="utf-8"))
