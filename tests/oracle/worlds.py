"""The scenarios that the emulator is asked about, and what must come back."""

import copy
import json
from pathlib import Path

from operations import Collection

ROOT = Path(__file__).resolve().parents[2]
LABORATORY = ROOT / "src" / "emulator" / "scenarios" / "ack-sop.json"
COPIES = 23


def dig(item, path):
    """The value at a dotted path; the item itself for an empty one."""
    for name in path.split(".") if path else []:
        if not isinstance(item, dict) or name not in item:
            return None
        item = item[name]
    return item


def laboratory(more=False):
    """The laboratory of the demo, as its file says; with one of each type that it has none of, if wanted."""
    world = json.loads(LABORATORY.read_text(encoding="utf-8"))
    if more:
        for name, items in json.loads((Path(__file__).parent / "more.json").read_text(encoding="utf-8")).items():
            world["collections"].setdefault(name, []).extend(items)
    return world


def crowded(operations):
    """The laboratory with so much of everything that each list has several pages, and with the types that it has none of."""
    world = laboratory(more=True)
    world["name"] = "crowded"
    world["title"] = {"en": "Many of everything", "zh-CN": "每种资源都有很多"}
    identities = identity_of_collection(operations)
    for name, items in world["collections"].items():
        # What no operation of the script lists stays as it is: the members of scaling groups, say.
        if name in identities:
            world["collections"][name] = multiplied(items, identities[name])
    cluster = world["clusters"][0]
    cluster["nodepools"] = multiplied(cluster["nodepools"], "nodepool_info.nodepool_id")
    cluster["nodes"] = multiplied(cluster["nodes"], "instance_id")
    cluster["resources"] = multiplied(cluster["resources"], "instance_id")
    for number in range(1, COPIES):
        other = {"detail": copy.deepcopy(cluster["detail"])}
        other["detail"]["cluster_id"] = other["detail"]["cluster_id"][:-2] + f"{number:02}"
        if other["detail"]["cluster_id"] != cluster["detail"]["cluster_id"]:
            world["clusters"].append(other)
    return world


def identity_of_collection(operations):
    """Which field names an item of a collection: the one that the operation which lists it says."""
    return {"sls/logstore": "logstoreName"} | {operation.expected.name: operation.identity for operation in operations if isinstance(operation.expected, Collection)}


def multiplied(items, identity):
    """The items, and copies of them with ids of their own, until there are enough."""
    result = list(items)
    number = 0
    while items and len(result) < COPIES:
        number += 1
        for item in items:
            other = copy.deepcopy(item)
            *way, last = identity.split(".")
            place = dig(other, ".".join(way))
            place[last] = f"{place[last]}-{number:02}"
            result.append(other)
    return result
