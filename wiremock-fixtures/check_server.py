"""Asks a running WireMock whether it loaded every mapping, and requests each of them. Called by .ci/wiremock.sh.

    python3 check_server.py MAPPINGS SERVER_LOG SERVER_PID
"""

import json
import os
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

LONGEST_START_SECONDS = 60


def port(log, process):
    """The port that the server chose, from its log."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        found = re.search(r"^port:\s*(\d+)", log.read_text(errors="replace"), re.MULTILINE)
        if found:
            return int(found[1])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            raise SystemExit("WireMock ended before it listened") from None
        time.sleep(0.2)
    raise SystemExit(f"WireMock does not listen after {LONGEST_START_SECONDS} s")


def ask(base, method, path, headers=None, body=None):
    """Status and JSON of an answer."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {**(headers or {}), **({"Content-Type": "application/json"} if data else {})}
    request = urllib.request.Request(base + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, None


def expect(what, found, wanted):
    """Ends with a message where the two differ."""
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} instead of {wanted!r}")


def value_for(matcher):
    """A value that satisfies a matcher; None where the parameter has to be absent."""
    if "absent" in matcher:
        return None
    return matcher.get("equalTo") or "x" + matcher["contains"]


def request_for(pattern):
    """A request that a mapping answers."""
    if "urlPattern" in pattern:
        return "GET", "/", {}
    path = pattern.get("urlPath") or pattern["urlPathTemplate"]
    parameters = pattern.get("pathParameters", {})
    path = re.sub(r"\{(\w+)\}", lambda name: value_for(parameters.get(name[1], {"equalTo": "any"})), path)
    query = {name: value_for(matcher) for name, matcher in pattern.get("queryParameters", {}).items()}
    query = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
    headers = {name: value_for(matcher) for name, matcher in pattern.get("headers", {}).items()}
    return pattern["method"], f"{path}?{query}" if query else path, headers


def main():
    """Checks."""
    folder, log, process = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    base = f"http://127.0.0.1:{port(log, process)}"
    files = sorted(folder.rglob("*.json"))
    written = [stub for file in files for stub in json.loads(file.read_text(encoding="utf-8"))["mappings"]]
    status, loaded = ask(base, "GET", "/__admin/mappings")
    expect("status of /__admin/mappings", status, 200)
    expect("number of mappings", loaded["meta"]["total"], len(written))
    names = sorted(stub["name"] for stub in written)
    expect("names of the mappings", sorted(stub["name"] for stub in loaded["mappings"]), names)
    expect("mappings without a name of their own", len(set(names)), len(names))

    for stub in written:
        if state := stub.get("requiredScenarioState"):
            path = f"/__admin/scenarios/{urllib.parse.quote(stub['scenarioName'])}/state"
            expect("status of choosing a case", ask(base, "PUT", path, body={"state": state})[0], 200)
        method, path, headers = request_for(stub["request"])
        wanted = (stub["response"]["status"], stub["response"]["jsonBody"])
        expect(f"answer of {stub['name']}", ask(base, method, path, headers), wanted)
    # Two products can share the name of an operation: only the version tells them apart, and this one has no fixture.
    other = {"x-acs-action": "DescribeDisks", "x-acs-version": "2015-01-01"}
    expect("answer to another product", ask(base, "POST", "/", other)[0], 500)
    expect("answer to an unknown path", ask(base, "GET", "/unknown")[0], 500)
    print(f"wiremock: {len(files)} files, {len(written)} mappings loaded and asked")


if __name__ == "__main__":
    main()
