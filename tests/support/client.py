"""The tests' HTTP client: one token, automatic idempotency keys, and every answer compared with the OpenAPI documents."""
import json
import uuid

import requests

from .openapi import Documents

TIMEOUT_S = 30


class Client:
    """Calls the gateway as one principal. `exercised` collects the operations that were called, for tests/lint/routes."""

    documents = None

    def __init__(self, url, token, exercised):
        Client.documents = Client.documents or Documents()
        self.url = url
        self.token = token
        self.exercised = exercised
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path, *, expect=200, headers=None, **query):
        """GET /api/v1/<path>; `query` holds the parameters, `expect` the status that the test requires."""
        return self.call("GET", path, expect=expect, headers=headers, params=query)

    def post(self, path, body=None, *, expect=None, key=None, headers=None, **options):
        """POST with a fresh Idempotency-Key, or with `key`; `key=False` sends none. `body`: JSON, or bytes and `headers`."""
        headers = dict(headers or {})
        if key is not False:
            headers.setdefault("Idempotency-Key", key or uuid.uuid4().hex)
        return self.call("POST", path, body, expect=expect, headers=headers, **options)

    def patch(self, path, body, *, etag=None, expect=200, headers=None):
        """PATCH with If-Match when `etag` is given."""
        headers = dict(headers or {}, **({"If-Match": etag} if etag else {}))
        return self.call("PATCH", path, body, expect=expect, headers=headers)

    def call(self, method, path, body=None, *, expect=None, headers=None, params=None, data=None, check=True):
        """Any call; returns requests' response. Paths are below /api/v1/ unless they begin with a slash."""
        path = path if path.startswith("/") else "/api/v1/" + path
        headers = {"Accept-Language": "en", **(headers or {})}
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body, ensure_ascii=False).encode("utf-8")
            headers.setdefault("Content-Type", "application/json")
        response = self.session.request(method, self.url + path, data=data, headers=headers, params=params, timeout=TIMEOUT_S,
                                        allow_redirects=False)
        if check:
            self._check(method, path, response)
        if expect is not None:
            assert response.status_code == expect, f"{method} {path}: {response.status_code}, not {expect}: {response.text[:600]}"
        return response

    def _check(self, method, path, response):
        """An answer to an operation must be documented; any other answer must be a problem document."""
        operation = self.documents.find(method, path)
        if operation is None:
            assert response.status_code in (400, 404, 405), f"{method} {path}: {response.status_code} for an unknown operation"
            assert response.headers["Content-Type"].startswith("application/problem+json"), response.headers
            return
        self.exercised.add(operation.name)
        self.documents.check_answer(operation, response.status_code, response.headers.get("Content-Type"),
                                    {name.lower() for name in response.headers}, response.text, response.json)


def problem(response, status, code):
    """Requires a problem document with this status and code, and returns it."""
    assert response.status_code == status, f"{response.status_code}, not {status}: {response.text[:600]}"
    assert response.headers["Content-Type"].startswith("application/problem+json"), response.headers
    document = response.json()
    assert document["code"] == code, document
    assert document["status"] == status and document["request_id"], document
    return document
