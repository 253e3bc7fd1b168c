#!/usr/bin/python3
"""Writes the C table of error codes from errors.yaml: enum err and one row for each code."""
import sys

import yaml


def rows(registry):
    """Yields (code, status, field, en, zh) in file order; field codes have status 400."""
    for group, entries in registry.items():
        for entry in entries:
            field = group == "fields" or entry.get("field", False)
            yield entry["code"], entry.get("status", 400), field, entry["en"], entry["zh"]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(source, target):
    with open(source, encoding="utf-8") as stream:
        registry = yaml.safe_load(stream)
    table = list(rows(registry))
    codes = [row[0] for row in table]
    repeated = {code for code in codes if codes.count(code) > 1}
    if repeated:
        sys.exit(f"errors.yaml: repeated codes: {sorted(repeated)}")
    with open(target, "w", encoding="utf-8") as out:
        out.write("/* Generated from api-spec/errors.yaml. */\nenum err {\n    ERR_NONE = 0,\n")
        for code in codes:
            out.write(f"    ERR_{code.upper()},\n")
        out.write("    ERR_COUNT\n};\n\n#define ERR_TABLE \\\n")
        for code, status, field, en, zh in table:
            out.write(f"[ERR_{code.upper()}] = {{{quoted(code)}, {status}, {int(field)}, {quoted(en)}, {quoted(zh)}}}, \\\n")
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
