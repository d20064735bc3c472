"""Replaces what names or describes somebody's resources in a sample answer by invented values.

Every text is replaced unless it is provably not anybody's own: a code of a field listed in `code_fields`, a number, a
time, a boolean, a region or zone, an empty text. The same original always becomes the same invented value, so that the
fixtures still refer to each other. With `shape_only` numbers and times become ours as well.
"""

import datetime
import hashlib
import ipaddress
import json
import re

LOWER = "abcdefghjkmnpqrstuvwxyz0123456789"
WORDS = (
    "amber anchor aspen beacon birch breeze canyon cedar clover cobalt comet coral crane delta ember fern finch "
    "garnet glade harbor hazel heron indigo juniper lagoon larch lotus maple meadow meteor moss nectar oasis ochre "
    "orchid otter pebble pine plume quartz raven reef ripple robin saffron sage sierra slate sparrow spruce summit "
    "tern thistle timber topaz tulip umber valley velvet violet walnut willow wren zephyr"
).split()

TIME = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:?\d{2}(:\d{2})?(\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?$")
NUMBER = re.compile(r"^-?\d+(\.\d+)?%?$")
FLAG = re.compile(r"^(true|false|on|off|yes|no|null|none|enabled|disabled)$", re.IGNORECASE)
REGION = re.compile(r"^(cn|us|ap|eu|me|na|rus)-[a-z]+(-[a-z0-9]+)*$")
PUBLIC_IMAGE = re.compile(r"_alibase_\d+\.vhd$")
MAC = re.compile(r"^([0-9a-f*]{2}:){5}[0-9a-f*]{2}$", re.IGNORECASE)
UUID = re.compile(r"^[0-9A-Fa-f*]{8}-[0-9A-Fa-f*]{4}-[0-9A-Fa-f*]{4}-[0-9A-Fa-f*]{4}-[0-9A-Fa-f*]{6,12}$")
ADDRESS4 = re.compile(r"^([0-9X*]{1,3}\.){3}[0-9X*]{1,3}(/\d{1,2})?$")
ADDRESS6 = re.compile(r"^(?=.*:.*:)[0-9a-fA-FX*:]+(/\d{1,3})?$")
IDENTIFIER = re.compile(r"^[a-z]{1,10}-[0-9A-Za-z*-]*[0-9*x][0-9A-Za-z*-]*$")
CODE = re.compile(r"^[A-Za-z0-9_.:/ ,%+-]+$")
DOMAIN = re.compile(r"^([^.\s/]+)\.([a-z0-9.-]+\.)?(aliyuncs\.com)$")
ARN = re.compile(r"^acs:([^:]*):([^:]*):([^:]*):(.*)$")
URL_ADDRESS = re.compile(r"(?<=://)(\d{1,3}\.){3}\d{1,3}")


def digest(kind, original):
    """Bytes that depend on nothing but the original."""
    return hashlib.sha256(f"yunsweep fixtures|{kind}|{original}".encode()).digest()


def pick(kind, original, alphabet, length):
    """Text of that length from that alphabet."""
    found = ""
    round_number = 0
    while len(found) < length:
        found += "".join(alphabet[byte % len(alphabet)] for byte in digest(f"{kind}{round_number}", original))
        round_number += 1
    return found[:length]


def words(kind, original, count):
    """That many words."""
    return "-".join(WORDS[byte % len(WORDS)] for byte in digest(kind, original)[:count])


def bare(original):
    """The original without masking and white space, so that a masked id and its other spellings are one."""
    return original.strip().rstrip("*")


def identifier(original):
    """Keeps the prefix (`vpc-`) and the length."""
    text = original.strip()
    if text.startswith("np") and len(text) > 20:
        return "np" + pick("id", bare(text), "0123456789abcdef", len(text) - 2)
    if len(text) > 20 and re.fullmatch(r"[0-9a-f*]+", text):
        return "c" + pick("id", bare(text), "0123456789abcdef", len(text) - 1)
    prefix, dash, rest = text.partition("-")
    if dash and re.fullmatch(r"[a-z]{1,10}", prefix):
        return prefix + "-" + pick("id", bare(text), LOWER, len(rest))
    if re.fullmatch(r"[0-9*]+", text):
        return account(text)
    return pick("id", bare(text), LOWER, len(text))


def account(original):
    """An account or user id of the same number of digits. Real ones do not begin with these zeros."""
    text = original.strip()
    return "1" + "0" * min(6, len(text) - 1) + pick("account", bare(text), "0123456789", max(0, len(text) - 7))


def address4(original):
    """Private stays private (10.32.0.0/12), public becomes one of the addresses set apart for documentation."""
    text, slash, mask = original.strip().partition("/")
    octets = [part if part.isdigit() else "7" for part in text.split(".")]
    value = ipaddress.IPv4Address(".".join(octets))
    if int(value) == 0:
        return original
    noise = digest("address", text)
    if value.is_private or octets[0] == "100":
        invented = ipaddress.IPv4Address(f"10.{32 + noise[0] % 16}.{noise[1]}.{1 + noise[2] % 250}")
    else:
        invented = ipaddress.IPv4Address(f"203.0.113.{1 + noise[0] % 250}")
    if slash:
        return str(ipaddress.ip_network(f"{invented}/{mask}", strict=False))
    return str(invented)


def address6(original):
    """From 2001:db8::/32, the block for documentation."""
    text, slash, mask = original.strip().partition("/")
    noise = digest("address", text).hex()
    invented = f"2001:db8:{noise[:4]}:{noise[4:8]}::"
    if slash:
        return str(ipaddress.ip_network(f"{invented}/{mask}", strict=False))
    return str(ipaddress.IPv6Address(invented + noise[8:12]))


def other_time(original):
    """A time of ours, written the way of the original."""
    day = datetime.date(2025, 1, 1) + datetime.timedelta(days=digest("day", original)[0] % 120)
    hour, minute, second = (f"{byte % limit:02}" for byte, limit in zip(digest("time", original), (24, 60, 60)))
    text = original.strip()
    result = re.sub(r"^\d{4}-\d{2}-\d{2}", day.isoformat(), text)
    clock = re.search(r"[T ](\d{2})(:?)(\d{2})(:\d{2})?", text)
    if clock:
        written = text[clock.start()] + hour + clock[2] + minute + (f":{second}" if clock[4] else "")
        result = result[:10] + written + text[clock.end():]
    return result


def other_number(original):
    """A number of ours with the same number of digits; 0, 1 and -1 often mean yes, no and none, and stay."""
    if isinstance(original, float):
        return round(0.01 + digest("number", repr(original))[0] / 256, 2)
    if -1 <= original <= 1:
        return original
    length = len(str(abs(original)))
    lowest = 2 if length == 1 else 10 ** (length - 1)
    value = lowest + int.from_bytes(digest("number", str(original))[:4], "big") % (10**length - lowest)
    return value if original > 0 else -value


class Replacer:
    """Walks a sample and replaces."""

    def __init__(self, fields, shape_only):
        self.fields = fields
        self.shape_only = shape_only
        self.kept = set()

    def value(self, value, key=""):
        """The replacement of a value that stands under that key."""
        if isinstance(value, dict):
            if self.is_map(value, key):
                return {words("key", name, 1): self.value(item, "map") for name, item in value.items()}
            return {name: self.value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return self.number(value, key)
        return self.text(value, key)

    def is_map(self, value, key):
        return key in self.fields["maps"] and all(isinstance(item, (str, int)) for item in value.values())

    def number(self, value, key):
        if key in self.fields["accounts"] and value > 10**8:
            return int(account(str(value)))
        if not self.shape_only or key in self.fields["code_numbers"]:
            return value
        if value > 10**12 and isinstance(value, int):
            return 1735689600000 + digest("epoch", str(value))[0] * 86400000
        if value > 10**9 and isinstance(value, int):
            return 1735689600 + digest("epoch", str(value))[0] * 86400
        return other_number(value)

    def text(self, value, key):
        # Examples of the SDK models quote addresses with back-quotes.
        stripped = value.replace("`", "").strip()
        if not stripped or FLAG.match(stripped):
            return stripped
        if key in self.fields["codes"] and CODE.match(stripped):
            self.kept.add((key, stripped))
            return stripped
        if key in self.fields["accounts"]:
            return account(stripped)
        if TIME.match(stripped):
            return other_time(stripped) if self.shape_only else stripped
        if NUMBER.match(stripped):
            return self.number_text(stripped, key)
        if REGION.match(stripped) and key in self.fields["places"]:
            return stripped
        if PUBLIC_IMAGE.search(stripped):
            return stripped
        return self.own(stripped, key)

    def number_text(self, text, key):
        if key.endswith(("Id", "_id")):
            return account(text)
        if not self.shape_only or text.endswith("%"):
            return text
        return str(self.number(float(text) if "." in text else int(text), key))

    def own(self, text, key):
        """The replacement of a text that is somebody's own."""
        if text[0] in "{[":
            # Some samples carry JSON in a text, escaped once more than a reader of JSON undoes.
            escaped = '\\"' in text
            try:
                document = json.loads(text.replace('\\"', '"') if escaped else text)
                invented = json.dumps(self.value(document, key), ensure_ascii=False, separators=(",", ":"))
                return invented.replace('"', '\\"') if escaped else invented
            except ValueError:
                pass
        if "," in text and all(IDENTIFIER.match(part) for part in text.split(",")):
            return ",".join(identifier(part) for part in text.split(","))
        if UUID.match(text):
            upper = text.upper() == text
            parts = (pick(f"uuid{i}", bare(text), "0123456789abcdef", len(p)) for i, p in enumerate(text.split("-")))
            invented = "-".join(parts)
            return invented.upper() if upper else invented
        if MAC.match(text):
            noise = pick("mac", text, "0123456789abcdef", 6)
            return f"00:16:3e:{noise[:2]}:{noise[2:4]}:{noise[4:]}"
        if ADDRESS4.match(text):
            return address4(text)
        if ADDRESS6.match(text):
            return address6(text)
        if arn := ARN.match(text):
            service, region, owner, rest = arn.groups()
            tail = re.split(r"[/:]", rest)
            return f"acs:{service}:{region}:{account(owner) if owner else ''}:{tail[0]}/{words('arn', rest, 1)}"
        if domain := DOMAIN.match(text):
            return f"{self.label(domain[1])}.{domain[2] or ''}{domain[3]}"
        if URL_ADDRESS.search(text):
            return URL_ADDRESS.sub(lambda found: address4(found[0]), text)
        if "://" in text:
            return f"https://{words('url', text, 1)}.example.com/{words('path', text, 2)}"
        if key in self.fields["tokens"]:
            return pick("token", bare(text), LOWER, len(text))
        if key.lower().endswith("name") or key in self.fields["names"]:
            return words("name", bare(text), 2)
        if IDENTIFIER.match(text) or key.endswith(("Id", "Ids", "_id", "ID", "Uid")):
            return identifier(text)
        if key in self.fields["words"]:
            return words("word", bare(text), 1)
        return words("text", bare(text), 3).replace("-", " ")

    def label(self, text):
        return identifier(text) if IDENTIFIER.match(text) else words("label", text, 1)
