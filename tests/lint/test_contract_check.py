"""The comparison of answers with the OpenAPI documents, against a small document: it must be able to fail."""
import json

import pytest

from support.openapi import Documents

DOCUMENT = """
openapi: 3.1.0
servers: [{url: /api/v1}]
paths:
  /payments/runs/{id}:
    get:
      operationId: getRun
      responses:
        "200":
          description: a run
          headers: {ETag: {required: true, schema: {type: string}}}
          content: {application/json: {schema: {$ref: "components.yaml#/components/schemas/Run"}}}
        "404": {$ref: "components.yaml#/components/responses/Problem"}
        "204": {description: nothing}
  /payments/runs/special:
    get: {operationId: getSpecial, responses: {"204": {description: nothing}}}
"""
COMPONENTS = """
components:
  responses:
    Problem:
      description: a problem
      content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
  schemas:
    Run:
      type: object
      required: [id, period]
      additionalProperties: false
      properties: {id: {type: integer}, period: {type: string, examples: [2020-06-01]}, day: {type: string, format: date}, at: {type: string, format: date-time}}
    Problem: {type: object, required: [code], properties: {code: {enum: [not_found]}}}
"""
RUN = "/api/v1/payments/runs/7"


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Four documents of which one has operations."""
    folder = tmp_path_factory.mktemp("api-spec")
    for name in ("beneficiaries", "programmes", "audit"):
        (folder / f"{name}.yaml").write_text("openapi: 3.1.0\npaths: {}\n", encoding="utf-8")
    (folder / "payments.yaml").write_text(DOCUMENT, encoding="utf-8")
    (folder / "components.yaml").write_text(COMPONENTS, encoding="utf-8")
    return Documents(folder)


def check(documents, status, body, media="application/json", headers=("etag",)):
    """One answer to GET of a run."""
    text = "" if body is None else json.dumps(body)
    documents.check_answer(documents.find("GET", RUN), status, media, set(headers), text, lambda: json.loads(text))


def test_a_call_is_found_by_method_and_path(documents):
    assert documents.find("GET", RUN + "?x=1").name == "GET /api/v1/payments/runs/{id}"
    assert documents.find("GET", "/api/v1/payments/runs/special").name == "GET /api/v1/payments/runs/special"
    assert documents.find("POST", RUN) is None and documents.find("GET", RUN + "/more") is None


def test_answers_as_documented_pass(documents):
    check(documents, 200, {"id": 1, "period": "2020-06", "day": "2020-06-30", "at": "2020-06-30T10:00:00.5+08:00"})
    check(documents, 404, {"code": "not_found"}, "application/problem+json; charset=utf-8")
    check(documents, 204, None)


@pytest.mark.parametrize("status, body, media, headers, complaint", [
    (200, {"id": "1", "period": "x"}, "application/json", ["etag"], "is not of type 'integer'"),
    (200, {"id": 1}, "application/json", ["etag"], "'period' is a required property"),
    (200, {"id": 1, "period": "x", "more": 1}, "application/json", ["etag"], "Additional properties"),
    (200, {"id": 1, "period": "x", "day": "2020-02-30"}, "application/json", ["etag"], "is not a 'date'"),
    (200, {"id": 1, "period": "x", "at": "2020-06-01 10:00"}, "application/json", ["etag"], "is not a 'date-time'"),
    (200, {"id": 1, "period": "x"}, "text/html", ["etag"], "content type"),
    (200, {"id": 1, "period": "x"}, "application/json", [], "the header ETag is missing"),
    (404, {"code": "other"}, "application/problem+json", [], "is not one of"),
    (409, {"code": "x"}, "application/problem+json", [], "the status is not documented"),
    (204, {"id": 1}, "application/json", [], "a body, documented is none"),
])
def test_answers_that_differ_fail(documents, status, body, media, headers, complaint):
    with pytest.raises(AssertionError, match=complaint):
        check(documents, status, body, media, headers)
