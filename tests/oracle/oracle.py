#!/usr/bin/env python3
"""The official SDKs of Alibaba Cloud and the official Kubernetes client against the emulator.

    python -m venv /tmp/sdk && /tmp/sdk/bin/pip install -r tests/oracle/requirements.txt
    /tmp/sdk/bin/python tests/oracle/oracle.py --yunsweep target/release/yunsweep

Checks what nobody here wrote: that requests signed by the vendor's code are accepted, with every signature scheme that the SDKs
have, that their models read every field of the answers, and that their exceptions carry the code and status of a refusal: a
spoiled request, a wrong secret, whatever stands in the way of a deletion.
"""

import argparse
import calendar
import functools
import importlib
import json
import logging
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alibabacloud_tea_openapi import models as open_api_models

import cluster
import deletes
import operations as table
from session import Session
from wire import SUFFIX, Emulator, Wire, resolve_to_loopback
from worlds import crowded, dig, laboratory

THROTTLED_CODES = ("Throttling", "ReadQuotaExceed")
THROTTLED_TRIES = 100
THROTTLED_SECONDS = 0.25
MOST_PAGES = 200
STORIES_AT_ONCE = 6
SCHEMES = {"sls20201230": {"SLS v1": {}, "SLS v4": {"signature_version": "v4"}}}
USUAL_SCHEMES = {"ACS3": {}, "HMAC-SHA1": {"signature_algorithm": "v2"}}


class Difference(Exception):
    """An answer is not what it must be."""


class Oracle:
    """One emulator, seen through the SDKs."""

    def __init__(self, emulator, wire):
        self.emulator = emulator
        self.wire = wire

    def client(self, package, host, scheme, **changes):
        """A client of an SDK package."""
        module = importlib.import_module(f"alibabacloud_{package}.client")
        config = open_api_models.Config(
            **{
                "access_key_id": self.emulator.access_key_id,
                "access_key_secret": self.emulator.access_key_secret,
                "endpoint": f"{host}{SUFFIX}:{self.emulator.port}",
                "protocol": "http",
                "region_id": "cn-hangzhou",
                "read_timeout": 30000,
                **scheme,
                **changes,
            }
        )
        client = module.Client(config)
        if package == "cr20160607":
            read_bodies(client)
        return client

    def call(self, client, operation, arguments):
        """Calls, and waits where the emulator throttles as the cloud does. Gives the decoded answer and the answer as it came."""
        models = importlib.import_module(f"alibabacloud_{operation.package}.models")
        request = getattr(models, operation.request)(**arguments)
        answer = self.patiently(lambda: getattr(client, operation.method)(*operation.path, request))
        return decoded(client, answer), self.wire.last_json()

    def patiently(self, call):
        """Calls again for as long as the emulator throttles."""
        for _ in range(THROTTLED_TRIES):
            try:
                return call()
            except Exception as error:
                if not any(word in code_of(error) for word in THROTTLED_CODES):
                    raise
                time.sleep(THROTTLED_SECONDS)
        raise Difference("throttled without end")

    def pages(self, client, operation, style, size):
        """Every page: the items as the SDK decoded them."""
        items, arguments, pages = [], dict(operation.arguments), 0
        if isinstance(style, table.Token):
            size = max(size, style.smallest)
        while True:
            pages += 1
            if pages > MOST_PAGES:
                raise Difference(f"no end after {MOST_PAGES} pages")
            if isinstance(style, table.Number):
                arguments |= {style.number: pages, style.size: size}
            elif isinstance(style, table.Token):
                arguments |= {style.size: size}
            elif isinstance(style, table.Offset):
                arguments |= {style.offset: len(items), style.size: size}
            model, raw = self.call(client, operation, arguments)
            if missing := unread(raw, model):
                raise Difference("the SDK's model does not know " + ", ".join(missing))
            page = dig(model, operation.items) or []
            if not isinstance(style, table.Whole) and len(page) > size:
                raise Difference(f"{len(page)} items on a page of {size}")
            items += page
            if isinstance(style, table.Whole):
                return items, pages
            if isinstance(style, table.Token):
                token = dig(model, style.token_answer)
                if not token:
                    return items, pages
                arguments[style.token] = token
                continue
            total = int(dig(model, style.total))
            if len(items) >= total:
                if len(items) != total:
                    raise Difference(f"{len(items)} items, the total says {total}")
                return items, pages
            if not page:
                raise Difference(f"an empty page after {len(items)} of {total} items")

    def refusal(self, client, operation, spoil=None):
        """The code that a call is refused with; None if it is not."""
        self.wire.spoil = spoil
        try:
            self.call(client, operation, dict(operation.arguments))
        except Difference:
            raise
        except Exception as error:
            return code_of(error)
        finally:
            self.wire.spoil = None
        return None


def read_bodies(client):
    """The package of 2016 declares no answers; its client reads the body all the same when told to."""
    call = client.call_api

    def with_body(params, request, runtime):
        params.body_type = "json"
        answer = call(params, request, runtime)
        client.last_body = answer["body"]
        return answer

    client.call_api = with_body


def decoded(client, answer):
    """The decoded answer as plain data."""
    body = getattr(answer, "body", None)
    if body is None:
        return client.last_body
    return [item.to_map() for item in body] if isinstance(body, list) else body.to_map()


def code_of(error):
    """The error code that an SDK read from the answer."""
    return str(getattr(error, "code", None) or getattr(error, "data", {}).get("Code", "") if not isinstance(error, OSError) else "")


def unread(raw, model, path=""):
    """Paths of the answer that the SDK's model lost or changed."""
    if isinstance(raw, dict):
        if not isinstance(model, dict):
            return [path or "the answer"]
        return [missing for name, value in raw.items() if value is not None for missing in unread(value, model.get(name), f"{path}.{name}".lstrip("."))]
    if isinstance(raw, list):
        if not isinstance(model, list) or len(raw) != len(model):
            return [path or "the answer"]
        return [missing for one, other in zip(raw, model) for missing in unread(one, other, path)]
    return [] if raw == model else [path]


def compare(expected, found, identity):
    """Same items in whatever order; every field that is answered says what the scenario says."""
    named = lambda items: {dig(item, identity) if identity else item: item for item in items}
    if len(expected) != len(found):
        raise Difference(f"{len(found)} items instead of {len(expected)}")
    expected, found = named(expected), named(found)
    if expected.keys() != found.keys():
        raise Difference(f"missing {sorted(expected.keys() - found.keys())}, not expected {sorted(found.keys() - expected.keys())}")
    for identifier, item in found.items():
        if isinstance(item, dict):
            for name, value in item.items():
                if name in expected[identifier] and differs(expected[identifier][name], value):
                    raise Difference(f"{identifier}: {name} is {value!r} instead of {expected[identifier][name]!r}")


def differs(expected, found):
    """Whether an answered value contradicts the scenario. An answer may leave out what its operation does not know."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return any(name in expected and differs(expected[name], value) for name, value in found.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) != len(found) or any(differs(one, other) for one, other in zip(expected, found))
    return expected != found


class Report:
    """One line for each check."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, run):
        """Runs a check and prints how it went."""
        try:
            detail = run()
        except Exception as error:  # An SDK raises what it likes; each is a failed check, not the end of the run.
            self.failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
        else:
            self.passed += 1
            print(f"ok      {name}{detail}", flush=True)


def schemes(package):
    """The signature schemes that an SDK package can use."""
    return SCHEMES.get(package, USUAL_SCHEMES)


def check_world(report, oracle, world, label, size):
    """Every operation, every way of paging, every scheme."""
    for operation in table.OPERATIONS:
        expected = operation.expected(world)
        if operation.package == "cr20181201" and operation.method != "list_instance" and not world["collections"].get("cr/instance"):
            continue
        for scheme, settings in schemes(operation.package).items():
            for style in operation.pages:

                def run():
                    client = oracle.client(operation.package, operation.host, settings)
                    items, pages = oracle.pages(client, operation, style, size)
                    compare(expected, items, operation.identity)
                    return f": {pages} pages, {len(items)} items"

                report.check(f"{label}  {operation.name}  {type(style).__name__.lower()}  {scheme}", run)


def check_identity(report, oracle, world):
    """Who the emulator says we are."""
    operation = table.Operation("sts20150401", "sts.cn-hangzhou", "get_caller_identity", "", "", "", None)
    for scheme, settings in USUAL_SCHEMES.items():

        def run():
            client = oracle.client(operation.package, operation.host, settings)
            answer = client.get_caller_identity().body.to_map()
            if answer["AccountId"] != world["account"]["id"]:
                raise Difference(f"account {answer['AccountId']}")
            return f": account {answer['AccountId']}"

        report.check(f"identity  sts20150401.GetCallerIdentity  {scheme}", run)


def check_refusals(report, oracle):
    """One operation of each package: what was signed with another secret, or changed after it was signed, must not pass."""
    firsts = {operation.package: operation for operation in reversed(table.OPERATIONS) if not (operation.package == "cr20181201" and operation.method != "list_instance")}
    for package, operation in sorted(firsts.items()):
        for scheme, settings in schemes(package).items():
            for label, changes, spoil, wanted in refusals():

                def run():
                    client = oracle.client(package, operation.host, settings, **changes)
                    code = oracle.refusal(client, operation, spoil)
                    if code is None:
                        raise Difference("accepted")
                    if not any(word in code for word in wanted):
                        raise Difference(f"refused with {code}, not with one of {', '.join(wanted)}")
                    return f": {code}"

                report.check(f"refused  {operation.name}  {label}  {scheme}", run)


def check_stories(report, yunsweep, wire, label, scenario, stories):
    """Stories (how something goes away; what a cluster answers), each in an emulator of its own. Several at once, since most of them
    wait most of the time. With each, how many times faster than ours its time goes."""

    def tell(story, scale):
        emulator = Emulator(yunsweep, scenario, scale)
        session = Session(Oracle(emulator, wire), schemes, Difference, unread)
        try:
            story(session)
        finally:
            emulator.stop()

    with ThreadPoolExecutor(STORIES_AT_ONCE) as pool:
        told = [(story.__name__.replace("_", " "), pool.submit(tell, story, scale)) for story, scale in stories.items()]
        for name, future in told:
            report.check(f"{label}  {name}", lambda: future.result() or "")


def of_cluster(story):
    """A story about the laboratory's cluster."""

    @functools.wraps(story)
    def told(session):
        story(cluster.Cluster(session, deletes.CLUSTER))

    return told


def refusals():
    """What must be refused, and with which codes (signature pages of the vendor's documentation)."""
    signature = ("SignatureDoesNotMatch", "SignatureNotMatch", "IncompleteSignature")

    def another_query(request):
        request.url += ("&" if "?" in request.url else "?") + "ResourceGroupId=rg-of-somebody-else"

    def another_time(request):
        # A second earlier: within what clocks may differ, so that only the signature can tell.
        for name in request.headers:
            if name.lower() in ("x-acs-date", "x-log-date", "date"):
                request.headers[name] = shifted(request.headers[name])
        request.url = request.url.replace("SignatureNonce=", "SignatureNonce=0")

    yield "wrong secret", {"access_key_secret": "this-is-not-the-secret"}, None, signature
    yield "unknown key", {"access_key_id": "LTAIunknownunknown"}, None, ("InvalidAccessKeyId", "Unauthorized", "InvalidAccessKey")
    yield "query changed after signing", {}, another_query, signature
    yield "time or nonce changed after signing", {}, another_time, signature


def shifted(text):
    """A time one second earlier, in whatever format it is written."""
    for layout in ("%Y-%m-%dT%H:%M:%SZ", "%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT"):
        try:
            moment = calendar.timegm(time.strptime(text, layout)) - 1
        except ValueError:
            continue
        return time.strftime(layout, time.gmtime(moment))
    raise Difference(f"unknown time {text}")


def main():
    """Runs everything; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--yunsweep", required=True, help="path of the yunsweep binary")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    resolve_to_loopback()
    wire, report = Wire(), Report()
    wire.install()
    yunsweep = str(Path(chosen.yunsweep).resolve())

    world = laboratory()
    emulator = Emulator(yunsweep, "ack-sop")
    try:
        oracle = Oracle(emulator, wire)
        check_identity(report, oracle, world)
        check_world(report, oracle, world, "ack-sop", size=1)
        check_refusals(report, oracle)
    finally:
        emulator.stop()

    with tempfile.TemporaryDirectory() as folder:
        world = crowded(table.OPERATIONS)
        scenario = Path(folder) / "crowded.json"
        scenario.write_text(json.dumps(world, ensure_ascii=False), encoding="utf-8")
        emulator = Emulator(yunsweep, str(scenario))
        try:
            check_world(report, Oracle(emulator, wire), world, "crowded", size=7)
        finally:
            emulator.stop()
        scenario = Path(folder) / "deletes.json"
        scenario.write_text(json.dumps(deletes.with_more(laboratory(more=True)), ensure_ascii=False), encoding="utf-8")
        check_stories(report, yunsweep, wire, "deletes", str(scenario), deletes.STORIES)
    check_stories(report, yunsweep, wire, "Kubernetes", "ack-sop", {of_cluster(story): scale for story, scale in cluster.STORIES.items()})

    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
