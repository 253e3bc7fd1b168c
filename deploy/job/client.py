"""A small JSON client for the job: one token per person, bounded waiting, and repeats that cannot do a thing twice."""
import json
import time
import urllib.error
import urllib.parse
import urllib.request

RETRIED = (502, 503, 504)
WAIT_S_MAX = 60.0


class ApiError(Exception):
    """An answer that the job cannot go on with."""

    def __init__(self, method, path, status, document):
        code = document.get("code", "") if isinstance(document, dict) else ""
        title = document.get("title", "") if isinstance(document, dict) else ""
        fields = "".join(f"\n  {entry.get('pointer')}: {entry.get('code')}" for entry in
                         (document.get("errors", []) if isinstance(document, dict) else []))
        request = document.get("request_id", "") if isinstance(document, dict) else ""
        super().__init__(f"{method} {path}: {status} {code} {title} (request {request}){fields}")
        self.status, self.code = status, code


class Api:
    """Calls through the gateway. `token_of(person)` gives an access token for a name of PRINCIPALS."""

    def __init__(self, url, token_of):
        self.url = url
        self.token_of = token_of
        self.tokens = {}
        self.replayed = False  # whether the last answer was that of an earlier call with the same idempotency key

    def get(self, person, path, **query):
        """The JSON of a GET; any status but 200 is an ApiError."""
        query = {name: value for name, value in query.items() if value is not None}
        return self.call(person, "GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, person, path, body, key, content_type="application/json"):
        """The JSON of a POST. `key` is the idempotency key: the same step of the job always has the same one."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        return self.call(person, "POST", path, data, {"Content-Type": content_type, "Idempotency-Key": key})

    def items(self, person, path, **query):
        """All items of a list, page by page."""
        after = None
        while True:
            page = self.get(person, path, after=after, **query)
            yield from page["items"]
            after = page.get("next")
            if after is None:
                return

    def call(self, person, method, path, data=None, headers=None):
        """Sends one request; a gateway or service that is not there yet is asked again until WAIT_S_MAX has passed."""
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            status, document = self._send(person, method, path, data, headers or {})
            if status not in RETRIED or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        if status == 401 and document.get("code") == "token_expired":
            self.tokens.pop(person, None)
            status, document = self._send(person, method, path, data, headers or {})
        if not 200 <= status < 300:
            raise ApiError(method, path, status, document)
        return document

    def _send(self, person, method, path, data, headers):
        if person not in self.tokens:
            self.tokens[person] = self.token_of(person)
        request = urllib.request.Request(self.url + "/api/v1/" + path, data=data, method=method, headers={
            "Authorization": "Bearer " + self.tokens[person], "Accept-Language": "zh", **headers})
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                self.replayed = response.headers.get("Idempotency-Replayed") == "true"
                return response.status, parsed(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, parsed(error.read())
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            return 503, {"code": "no_connection", "title": str(error)}


def parsed(body):
    """The JSON of an answer, or an empty object for an empty or foreign body."""
    try:
        return json.loads(body) if body else {}
    except ValueError:
        return {}
