"""Calls of any operation through the SDKs, one after the other, and what they are answered or refused with.

Every second call is signed with the other scheme of its package. Every answer must fit the SDK's model: no field that it does not
know, no value of another type than it declares.
"""

import importlib
import inspect
import time
import typing

HOSTS = {
    "alb20200616": "alb.cn-hangzhou",
    "arms20190808": "arms.cn-hangzhou",
    "cr20160607": "cr.cn-hangzhou",
    "cr20181201": "cr.cn-hangzhou",
    "cs20151215": "cs.cn-hangzhou",
    "ecs20140526": "ecs.cn-hangzhou",
    "ess20220222": "ess.cn-hangzhou",
    "nlb20220430": "nlb.cn-hangzhou",
    "slb20140515": "slb.cn-hangzhou",
    "sls20201230": "cn-hangzhou.log",
    "vpc20160428": "vpc.cn-hangzhou",
}
GATEWAY_ERROR = ("HostId", "Message", "Recommend")
LONGEST_SECONDS = 60
POLL_SECONDS = 0.1


class Session:
    """One emulator, asked by an SDK user."""

    def __init__(self, oracle, schemes, difference, unread):
        self.oracle = oracle
        self.schemes = schemes
        self.difference = difference
        self.unread = unread
        self.calls = 0
        self.clients = {}

    def client(self, package):
        """The client of a package, with its schemes in turn."""
        schemes = self.schemes(package)
        label, settings = list(schemes.items())[self.calls % len(schemes)]
        self.calls += 1
        if (package, label) not in self.clients:
            self.clients[package, label] = self.oracle.client(package, HOSTS[package], settings)
        return self.clients[package, label]

    def call(self, package, method, *path, **fields):
        """Calls; the answer as the SDK decoded it."""
        client, before = self.client(package), len(self.oracle.wire.answers)
        answer = self.oracle.patiently(lambda: getattr(client, method)(*path, *self.request(package, method, path, fields)))
        if len(self.oracle.wire.answers) == before:
            raise self.difference(f"{method} sent nothing")
        return self.checked(client, method, answer)

    def refused(self, status, code, package, method, *path, **fields):
        """Calls, and wants the SDK's exception with that code and HTTP status."""
        try:
            answer = self.call(package, method, *path, **fields)
        except self.difference:
            raise
        except Exception as error:
            found = (status_of(error), getattr(error, "code", None))
            if found != (status, code):
                raise self.difference(f"{method} refused with {found[0]} {found[1]} ({error}), not with {status} {code}") from error
            return
        raise self.difference(f"{method} accepted with {answer}, not refused with {status} {code}")

    def until(self, what, look):
        """Looks until what is seen is true; the last sight."""
        end = time.monotonic() + LONGEST_SECONDS
        while not (seen := look()):
            if time.monotonic() > end:
                raise self.difference(f"{what}: not within {LONGEST_SECONDS} s")
            time.sleep(POLL_SECONDS)
        return seen

    def expect(self, what, found, wanted):
        """Wants a value."""
        if found != wanted:
            raise self.difference(f"{what}: {found!r} instead of {wanted!r}")

    def request(self, package, method, path, fields):
        """The request of a method as its last argument; none where the method takes none."""
        client = importlib.import_module(f"alibabacloud_{package}.client").Client
        if "request" not in inspect.signature(getattr(client, method)).parameters:
            return ()
        models = importlib.import_module(f"alibabacloud_{package}.models")
        wanted = (method.replace("_", "") + "Request").lower()
        name = next(name for name in dir(models) if name.lower() == wanted)
        return (getattr(models, name)(**fields),)

    def checked(self, client, method, answer):
        """The decoded answer, after it was compared with what came and with the types of the model."""
        body = getattr(answer, "body", None)
        if body is None:
            # Operations of SLS that answer nothing, and the package of 2016, which declares no answers.
            return getattr(client, "last_body", None)
        decoded = [item.to_map() for item in body] if isinstance(body, list) else body.to_map()
        raw = self.oracle.wire.last_json()
        if isinstance(raw, dict) and raw.get("IsSuccess") is False:
            # Container Registry fails with 200 and what every error of the gateway has; the models know only the code.
            raw = {name: value for name, value in raw.items() if name not in GATEWAY_ERROR}
        if missing := self.unread(raw, decoded):
            raise self.difference(f"the SDK's model of {method} does not know " + ", ".join(missing))
        if wrong := list(mistyped(body, "")):
            raise self.difference(f"the SDK's model of {method} has another type for " + ", ".join(wrong))
        return decoded


def status_of(error):
    """The HTTP status that an SDK's exception carries."""
    data = getattr(error, "data", None) or {}
    return getattr(error, "status_code", None) or data.get("statusCode") or data.get("httpCode")


def mistyped(model, path):
    """Paths of a decoded model whose value is not of the declared type."""
    if isinstance(model, list):
        for item in model:
            yield from mistyped(item, path)
        return
    if not hasattr(model, "to_map"):
        return
    for name, declared in typing.get_type_hints(type(model).__init__).items():
        value, here = getattr(model, name, None), f"{path}.{name}".lstrip(".")
        if value is None or name == "return":
            continue
        if not fits(value, declared):
            yield f"{here} ({type(value).__name__})"
        yield from mistyped(value, here)


def fits(value, declared):
    """Whether a value is of a declared type."""
    origin = typing.get_origin(declared)
    if declared is typing.Any or value is None:
        return True
    if origin is list:
        return isinstance(value, list) and all(fits(item, typing.get_args(declared)[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(item, typing.get_args(declared)[1]) for item in value.values())
    if declared is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, declared)
