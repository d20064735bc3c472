"""Write data/<product>-<version>.json.gz and embedded.rs out of the extracted contracts and supplement.json.

usage: generate.py CONTRACTS_DIR   (a folder as extract.py writes it)
The same input gives the same bytes: keys are sorted and the gzip header holds no time.
"""
import gzip, json, pathlib, re, subprocess, sys

HERE = pathlib.Path(__file__).parent
# Packages whose product code is not the package name without its date.
PRODUCTS = {"cr20160607": "cr-personal"}
STYLES = {"sls": "sls", "oss": "oss"}
ENTRY = {"required", "paging", "response", "class", "reason", "source", "version", "style", "method", "path", "query"}


def product_of(package):
    return PRODUCTS.get(package) or re.sub(r"\d{8}$", "", package).replace("_", "-")


def operation(product, found):
    """One operation in the stored form: what is empty is left out."""
    style = STYLES.get(product) or found["style"].lower()
    path, _, subresource = found["path"].partition("?")
    query = dict(found["query"])
    required = []
    if subresource:  # OSS names the sub-resource by a query key without a value
        query[subresource] = "string"
        required.append(subresource)
    body = found.get("body") or {}
    kind = "none"
    if body:
        kind = {"rpc": "form", "oss": "xml"}.get(style, "json")
    stored = {"style": style, "method": found["method"], "path": path, "host": found.get("host") or [], "query": query,
              "body": body, "body_kind": kind, "response": found["response"], "required": required}
    return {k: v for k, v in stored.items() if v or k in ("style", "method", "path")}


def supplement(product, action, stored, extra):
    unknown = extra.keys() - ENTRY
    if unknown:
        sys.exit(f"supplement.json: {product} {action}: unknown {sorted(unknown)}")
    if "class" in extra and not extra.get("reason"):
        sys.exit(f"supplement.json: {product} {action}: class needs a reason")
    if "response" in extra and stored.get("response"):
        sys.exit(f"supplement.json: {product} {action}: the SDK package models the answer")
    for name in extra.get("required", []):
        if name not in stored.get("query", {}) and name not in stored.get("body", {}):
            sys.exit(f"supplement.json: {product} {action}: required {name} is no parameter")
    merged = dict(stored)
    merged["required"] = sorted(set(stored.get("required", [])) | set(extra.get("required", [])))
    for key in ("paging", "response", "class", "reason"):
        if key in extra:
            merged[key] = extra[key]
    return {k: v for k, v in merged.items() if v != []}


def main(folder):
    extras = json.loads((HERE / "supplement.json").read_text())
    products = {}
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        document = json.loads(path.read_text())
        product = product_of(path.stem)
        for action, found in list(document["operations"].items()):
            if not found["path"].startswith("/"):  # the package takes the path as an argument
                print(f"left out: {product} {action}: its path is not fixed")
                del document["operations"][action]
        versions = {found["version"] for found in document["operations"].values()}
        if len(versions) != 1:
            sys.exit(f"{path.name}: expected one version, found {sorted(versions)}")
        products[product] = {
            "product": product,
            "version": versions.pop(),
            "sources": [document["source"]],
            "operations": {action: operation(product, found) for action, found in document["operations"].items()},
        }
    for product, actions in extras["products"].items():
        for action, extra in actions.items():
            if "method" in extra:  # an operation that the extraction cannot read (an SDK of the older kind)
                target = products.setdefault(product, {"product": product, "version": extra["version"], "sources": [], "operations": {}})
                if target["version"] != extra["version"] or action in target["operations"]:
                    sys.exit(f"supplement.json: {product} {action}: the contracts have it, or another version")
                target["sources"].append(extra["source"])
                response = extra["response"]
                found = extra | {"response": response}
                target["operations"][action] = operation(product, found)
                extra = {k: v for k, v in extra.items() if k != "response"}
            if product not in products or action not in products[product]["operations"]:
                sys.exit(f"supplement.json: {product} {action}: the contracts do not know it")
            target = products[product]["operations"]
            target[action] = supplement(product, action, target[action], extra)
    for document in products.values():
        if any(action in extras["products"].get(document["product"], {}) for action in document["operations"]):
            document["sources"] += extras["sources"]
    data = HERE / "data"
    data.mkdir(exist_ok=True)
    for old in data.glob("*.json.gz"):
        old.unlink()
    rows = []
    for product, document in sorted(products.items()):
        name = f"{product}-{document['version']}.json.gz"
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        packed = bytearray(gzip.compress(text, compresslevel=9, mtime=0))
        packed[9] = 255  # the "operating system" byte differs between Python versions
        (data / name).write_bytes(packed)
        rows.append(f'    ("{product}", include_bytes!("data/{name}")),\n')
    (HERE / "embedded.rs").write_text(
        "//! The embedded contract files. Written by `generate.py`; see README.md.\n\n"
        "/// Product code and gzip-compressed contract of each product, sorted by product code.\n"
        "pub(super) const FILES: &[(&str, &[u8])] = &[\n" + "".join(rows) + "];\n")
    subprocess.run(["rustfmt", "--edition", "2024", HERE / "embedded.rs"], check=True)
    print(f"{len(rows)} products, {sum(len(d['operations']) for d in products.values())} operations, "
          f"{sum(f.stat().st_size for f in data.glob('*.json.gz'))} bytes")


main(*sys.argv[1:])
