"""The OpenAPI documents of api-spec/, read as data: which operation a call is, and whether its answer is as documented."""
import re
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import yaml

API_SPEC = Path(__file__).resolve().parents[2] / "api-spec"
SERVICES = ("beneficiaries", "programmes", "payments", "audit")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
METHODS = ("get", "post", "put", "patch", "delete")


class TextLoader(yaml.SafeLoader):
    """YAML as JSON has it: a date in a document is a text."""


TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def load(path):
    """One YAML document."""
    return yaml.load(Path(path).read_text(encoding="utf-8"), TextLoader)


class Operation:
    """One method of one path of one document."""

    def __init__(self, service, method, path, body, shared):
        self.service, self.method, self.path, self.body = service, method.upper(), path, body
        self.parameters = shared + body.get("parameters", [])
        pieces = re.split(r"\{[^}]+\}", path)
        self.pattern = re.compile("[^/]+".join(map(re.escape, pieces)))
        self.variables = len(pieces) - 1

    @property
    def name(self):
        """GET /api/v1/payments/runs/{id}"""
        return f"{self.method} {self.path}"


class Documents:
    """All documents together, with references between files resolved."""

    def __init__(self, folder=API_SPEC):
        self.folder = Path(folder)
        self.files = {name: load(self.folder / f"{name}.yaml") for name in SERVICES}
        store = {(self.folder / f"{name}.yaml").as_uri(): document for name, document in self.files.items()}
        components = self.folder / "components.yaml"
        if components.exists():
            store[components.as_uri()] = load(components)
        self.store = store
        self.operations = [operation for name in SERVICES for operation in self._operations_of(name)]

    def _operations_of(self, name):
        document = self.files[name]
        prefix = urlsplit((document.get("servers") or [{"url": ""}])[0]["url"]).path.rstrip("/")
        for path, entry in document["paths"].items():
            full = path if path.startswith("/api/v1") else prefix + path
            for method in METHODS:
                if method in entry:
                    yield Operation(name, method, full, entry[method], entry.get("parameters", []))

    def find(self, method, path):
        """The operation of a call; the path with the fewest variables wins. None when the documents have none."""
        path = urlsplit(path).path
        hits = [op for op in self.operations if op.method == method.upper() and op.pattern.fullmatch(path)]
        return min(hits, key=lambda op: op.variables) if hits else None

    def resolver(self, service):
        """Resolves $ref of one document, into itself and the others."""
        base = (self.folder / f"{service}.yaml").as_uri()
        return jsonschema.RefResolver(base, self.files[service], store=self.store)

    def resolved(self, service, node, resolver=None):
        """A node of the service's document (or of the one that `resolver` stands in), or what its $ref points to, with the resolver
        that fits what is inside."""
        resolver = resolver or self.resolver(service)
        while isinstance(node, dict) and "$ref" in node:
            url, node = resolver.resolve(node["$ref"])
            resolver = jsonschema.RefResolver(url, self.store[url.partition("#")[0]], store=self.store)
        return node, resolver

    def check_answer(self, operation, status, content_type, headers, text, parse):
        """Raises AssertionError when the answer is not as documented: status, content type, headers, body."""
        responses = operation.body["responses"]
        where = f"{operation.name} -> {status}"
        assert str(status) in responses, f"{where}: the status is not documented (documented: {sorted(responses)})"
        response, resolver = self.resolved(operation.service, responses[str(status)])
        for name, header in response.get("headers", {}).items():
            header, _ = self.resolved(operation.service, header, resolver)
            assert not header.get("required") or name.lower() in headers, f"{where}: the header {name} is missing"
        content = response.get("content")
        if not content:
            assert not text, f"{where}: a body, documented is none: {text[:200]}"
            return
        media = (content_type or "").partition(";")[0].strip().lower()
        assert media in content, f"{where}: content type {content_type!r} (documented: {sorted(content)})"
        schema = content[media].get("schema")
        if schema is not None and media.endswith("json"):
            check_schema(schema, resolver, parse(), where)


FORMATS = jsonschema.FormatChecker(formats=("date", "regex", "uuid"))


@FORMATS.checks("date-time")
def is_date_time(instance):
    """Debian's jsonschema leaves date-time unchecked: RFC 3339, with its offset."""
    return not isinstance(instance, str) or bool(DATE_TIME.fullmatch(instance))


def check_schema(schema, resolver, instance, where):
    """Raises AssertionError with the most telling of the schema's complaints."""
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=FORMATS)
    error = jsonschema.exceptions.best_match(validator.iter_errors(instance))
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path)
        raise AssertionError(f"{where}: /{place}: {error.message[:400]}")
