#!/usr/bin/env python3
"""Writes mappings/ from sample answers and the recipes beside this file. Needs Python 3.9 and nothing else.

    python3 wiremock-fixtures/generate.py --samples FOLDER

FOLDER holds `<product>_<Operation>.json`, the answers that recipe.json names. Entries of recipe.json that carry their answer
themselves, and paging.json, need no folder: without --samples only their files are written. The README says what is
changed in an answer and why. Running it twice gives the same bytes.
"""

import argparse
import copy
import gzip
import json
import pathlib

from paging import PagingCases
from replace import Replacer

HERE = pathlib.Path(__file__).resolve().parent
CONTRACTS = HERE.parent / "src" / "contracts" / "data"
CONTENT_TYPE = {"Content-Type": "application/json;charset=utf-8"}


def contract(product, action):
    """Version, style, method, path and host of an operation, from the contracts that the client uses."""
    for file in sorted(CONTRACTS.glob("*.json.gz")):
        with gzip.open(file) as stream:
            document = json.load(stream)
        if document["product"] == product:
            operation = document["operations"][action]
            return {**operation, "version": document["version"]}
    raise SystemExit(f"no contract of {product}")


def request_pattern(operation, action, entry, query):
    """What a request for that operation looks like, whoever sends it. Exact: no regular expressions."""
    headers = {}
    if operation["style"] == "sls":
        headers["x-log-apiversion"] = {"equalTo": "0.6.0"}
        # The project is only in the host: `GET /` lists projects without one and describes a project with one.
        host = f"{entry['region']}.log.aliyuncs.com"
        headers["Host"] = {"contains": "." + host} if operation.get("host") else {"equalTo": host}
    elif operation["style"] == "oss":
        headers["x-oss-content-sha256"] = {"equalTo": "UNSIGNED-PAYLOAD"}
        headers["Host"] = {"equalTo": f"oss-{entry['region']}.aliyuncs.com"}
    else:
        headers["x-acs-action"] = {"equalTo": action}
        headers["x-acs-version"] = {"equalTo": operation["version"]}
    path = operation["path"]
    pattern = {"method": operation["method"], "urlPathTemplate" if "{" in path else "urlPath": path}
    if "{" in path and "path" in entry:
        pattern["pathParameters"] = {name: {"equalTo": value} for name, value in entry["path"].items()}
    pattern["headers"] = headers
    if query:
        pattern["queryParameters"] = query
    return pattern


def at(document, path):
    """The value at a dotted path."""
    for key in path.split(".") if path else []:
        document = document[int(key) if key.isdigit() else key]
    return document


def put(document, path, value):
    """Sets, or with None removes, the value at a dotted path."""
    *parents, last = path.split(".")
    holder = at(document, ".".join(parents))
    if isinstance(holder, list):
        holder[int(last)] = value
    elif value is None:
        holder.pop(last, None)
    else:
        holder[last] = value


def flattened(value):
    """Old list wrappers (`{"Xs": {"X": [..]}}`) as the newer version writes them (`{"Xs": [..]}`)."""
    if isinstance(value, list):
        return [flattened(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(next(iter(value.values())), list):
            return flattened(next(iter(value.values())))
        return {key: flattened(item) for key, item in value.items()}
    return value


def modelled(value, shape):
    """What the contract's model of the answer knows of a value."""
    if isinstance(value, list) and isinstance(shape, list):
        return [modelled(item, shape[0]) for item in value]
    if isinstance(value, dict) and isinstance(shape, dict):
        return {key: modelled(item, shape[key]) for key, item in value.items() if key in shape}
    return value


def answer(entry, fields, samples):
    """The body of an entry, and the list of what was changed in it apart from the replacements."""
    changed = []
    if "note" in entry:
        changed.append(entry["note"])
    if "answer" in entry:
        return entry["answer"], changed
    document = json.loads((samples / entry["sample"]).read_text(encoding="utf-8"))
    if unwrap := entry.get("unwrap"):
        document = document[unwrap]
        changed.append(f"the wrapper {unwrap}, which is no part of the JSON answer, is left out")
    if entry.get("only_modelled"):
        document = modelled(document, contract(entry["product"], entry["action"])["response"])
    if entry.get("flatten"):
        document = flattened(document)
        changed.append("lists are written without the wrapper of the older API version")
    document = Replacer(fields, entry["licence"] == "unknown").value(document)
    for path, value in entry.get("set", {}).items():
        put(document, path, value)
        changed.append(f"{path} is removed" if value is None else f"{path} is set")
    return document, changed


def mapping(name, pattern, body, status=200, metadata=None, state=None, then=None, headers=None):
    """One stub mapping."""
    stub = {"name": name, "priority": 5}
    if state:
        stub["scenarioName"], stub["requiredScenarioState"] = state
        if then:
            stub["newScenarioState"] = then
    stub["request"] = pattern
    stub["response"] = {"status": status, "headers": {**CONTENT_TYPE, **(headers or {})}, "jsonBody": body}
    if metadata:
        stub["metadata"] = metadata
    return stub


def write(product, action, case, mappings):
    """One file of mappings, one case."""
    file = HERE / "mappings" / product / f"{action}.{case}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"mappings": mappings}, ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def write_sample(entry, fields, samples):
    """The file of one sample."""
    product, action, case = entry["product"], entry["action"], entry["case"]
    operation = contract(product, action)
    body, changed = answer(entry, fields, samples)
    paging = operation.get("paging") or {}
    items = entry.get("items")
    total_path = paging.get("total_out")
    if paging.get("mode") == "token":
        total_path = ".".join([*paging["token_out"].split(".")[:-1], "TotalCount"])
    if items is not None and total_path and has(body, total_path):
        listed, total = at(body, items), at(body, total_path)
        count = len(listed) if isinstance(listed, list) else 1
        if str(total) != str(count):
            put(body, total_path, str(count) if isinstance(total, str) else count)
            changed.append(f"{total_path} is the number of items, because a client counts them")
    kept = ("source", "licence", "differs", "region", "parent", "expected", "account")
    metadata = {key: entry[key] for key in kept if key in entry}
    if changed:
        metadata["changed"] = changed
    name = f"{product} {action}, {case}"
    state = (f"{product}.{action}", "Started" if entry.get("default") else case)
    query = {parameter: {"equalTo": value} for parameter, value in entry.get("query", {}).items()}

    def stub(note, conditions, answered, about=None, status=200):
        pattern = request_pattern(operation, action, entry, {**query, **conditions})
        return mapping(name + note, pattern, answered, status=status, metadata=about, state=state)

    token = None
    if paging.get("mode") == "token" and has(body, paging["token_out"]):
        token = str(at(body, paging["token_out"])) or None
    if token is None:
        stubs = [stub("", {}, body, metadata, entry.get("status", 200))]
    else:
        last = copy.deepcopy(body)
        put(last, items, [])
        put(last, paging["token_out"], None)
        parameter = paging["token_param"]
        stubs = [
            stub("", {parameter: {"absent": True}}, body, metadata),
            stub(", end", {parameter: {"equalTo": token}}, last),
        ]
    for other in entry.get("also", []):
        conditions = {parameter: {"equalTo": value} for parameter, value in other["query"].items()}
        stubs.append(stub(", " + other["note"], conditions, other["answer"]))
    write(product, action, case, stubs)


def has(document, path):
    """Whether something stands at the path."""
    try:
        at(document, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def write_paging(style):
    """The files of one paging style."""
    product, action = style["product"], style["action"]
    operation = contract(product, action)

    def pattern(query):
        return request_pattern(operation, action, style, query)

    for case, mappings in PagingCases(style, operation, mapping, pattern, put).all().items():
        write(product, action, case, mappings)


def write_catch_all():
    """Refuses whatever no other mapping expects: a 404 would read as "gone"."""
    body = {"Code": "UnexpectedRequest", "Message": "no fixture expects this request"}
    stub = {
        "name": "unexpected request",
        "priority": 10,
        "request": {"method": "ANY", "urlPattern": ".*"},
        "response": {"status": 500, "headers": CONTENT_TYPE, "jsonBody": body},
    }
    file = HERE / "mappings" / "unexpected.json"
    file.write_text(json.dumps({"mappings": [stub]}, indent=1) + "\n", encoding="utf-8")


def main():
    """Reads the arguments and writes the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=pathlib.Path, help="folder of the sample answers")
    arguments = parser.parse_args()
    fields = {key: set(names) for key, names in json.loads((HERE / "fields.json").read_text())["fields"].items()}
    recipe = json.loads((HERE / "recipe.json").read_text(encoding="utf-8"))
    for entry in recipe["samples"]:
        if "answer" in entry or arguments.samples:
            write_sample(entry, fields, arguments.samples)
    write_catch_all()
    for style in json.loads((HERE / "paging.json").read_text(encoding="utf-8"))["styles"]:
        write_paging(style)


if __name__ == "__main__":
    main()
