"""Asks a running WireMock whether it loaded every mapping, and requests some of them. Called by .ci/wiremock.sh.

    python3 check_server.py MAPPINGS SERVER_LOG SERVER_PID
"""

import json
import os
import pathlib
import re
import sys
import time
import urllib.error
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

    def call(action, version, path="/", method="POST"):
        headers = {"x-acs-action": action, "x-acs-version": version}
        return ask(base, method, path, headers)

    by_name = {stub["name"]: stub for stub in written}
    # Every mapping that is served from the start and asks for no parameter, as its own file has it.
    asked = 0
    for stub in written:
        pattern = stub["request"]
        version = pattern.get("headers", {}).get("x-acs-version", {}).get("equalTo")
        if stub.get("requiredScenarioState") != "Started" or not version or "urlPath" not in pattern:
            continue
        if "pathParameters" in pattern or any("absent" not in matcher for matcher in pattern.get("queryParameters", {}).values()):
            continue
        action = pattern["headers"]["x-acs-action"]["equalTo"]
        status, body = call(action, version, pattern["urlPath"], pattern["method"])
        expect(f"answer of {stub['name']}", (status, body), (stub["response"]["status"], stub["response"]["jsonBody"]))
        asked += 1
    # A case that is not the first is chosen by the state of its operation.
    status, _ = ask(base, "PUT", "/__admin/scenarios/ecs.DescribeDisks/state", body={"state": "paging-throttled"})
    expect("status of choosing a case", status, 200)
    for note in ("refused", "served"):
        response = by_name[f"ecs DescribeDisks, paging-throttled, {note}"]["response"]
        answer = call("DescribeDisks", "2014-05-26")
        expect(f"answer when {note}", answer, (response["status"], response["jsonBody"]))
    # Two products share the name of the operation: only the version tells them apart, and this one has no fixture.
    expect("answer to another product", call("DescribeDisks", "2015-01-01")[0], 500)
    expect("answer to an unknown path", ask(base, "GET", "/unknown")[0], 500)
    print(f"wiremock: {len(files)} files, {len(written)} mappings loaded, {asked} asked as they stand")


if __name__ == "__main__":
    main()
