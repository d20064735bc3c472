"""The cases of one paging style: empty, one page, many with an empty page between, throttled then fine, denied.

Beside them the ways in which a listing cannot be trusted: a token that comes twice, items fewer than the total says.
"""

import copy
import json


class PagingCases:
    """Makes the mappings of one style of paging.json.

    `mapping` and `pattern` are functions: the first builds a stub mapping, the second its request pattern.
    """

    def __init__(self, style, operation, mapping, pattern, put):
        self.style = style
        self.paging = operation.get("paging") or {}
        self.mapping = mapping
        self.pattern = pattern
        self.put = put
        self.cases = {}

    def name(self, short):
        return self.style["name"].replace("NAME", short)

    def item(self, short):
        return json.loads(json.dumps(self.style["item"]).replace("NAME", short))

    def page(self, names, total=None, token=None):
        """One page with items of these names."""
        style = self.style
        body = copy.deepcopy(style["page"])
        self.put(body, style["items"], [self.item(name) for name in names])
        for path in style.get("total", []):
            self.put(body, path, len(names) if total is None else total)
        for path in style.get("count", []):
            self.put(body, path, len(names))
        if "token" in style:
            self.put(body, style["token"], token or style.get("no_token"))
        if "more" in style:
            self.put(body, style["more"], token is not None)
        return body

    def stub(self, case, note, answer, query=None, state=None, then=None):
        """One mapping: `answer` is a page, or a failure with its status."""
        failed = isinstance(answer, dict) and "status" in answer and "body" in answer
        status, headers, body = (answer["status"], answer.get("headers"), answer["body"]) if failed else (200, None, answer)
        scenario = f"{self.style['product']} {self.style['action']}"
        return self.mapping(
            f"{scenario}, paging-{case}, {note}", self.pattern(query or {}), body,
            status=status, headers=headers, state=(scenario.replace(" ", "."), state or f"paging-{case}"), then=then,
        )

    def case(self, case, ids, requests, stubs, **expected):
        style = self.style
        run = {key: style[key] for key in ("style", "product", "action", "region", "arguments", "items", "id") if key in style}
        run.update(ids=[self.name(short) for short in ids], requests=requests, **expected)
        stubs[0]["metadata"] = {"paging": run}
        self.cases[f"paging-{case}"] = stubs

    def all(self):
        """Every case of the style: its name and its mappings."""
        failures = self.style["failures"]
        self.case("empty", [], 1, [self.stub("empty", "none", self.page([]))])
        self.case("denied", [], 1, [self.stub("denied", "refused", failures["denied"])],
                  error="Denied", permission=failures["denied"]["permission"])
        after = "paging-throttled-then"
        refused = self.stub("throttled", "refused", failures["throttled"], then=after)
        if self.style.get("ends_with_empty_page"):
            parameter = self.paging["offset_param"]
            two = ["first", "second"]
            self.case("one-page", two, 2, [
                self.stub("one-page", "all", self.page(two), {parameter: {"equalTo": "0"}}),
                self.stub("one-page", "end", self.page([]), {parameter: {"equalTo": "2"}}),
            ])
            self.case("throttled", ["first"], 3, [
                refused,
                self.stub("throttled", "served", self.page(["first"]), {parameter: {"equalTo": "0"}}, state=after),
                self.stub("throttled", "end", self.page([]), {parameter: {"equalTo": "1"}}, state=after),
            ])
        else:
            self.case("one-page", ["first", "second"], 1, [self.stub("one-page", "all", self.page(["first", "second"]))])
            self.case("throttled", ["first"], 2, [refused, self.stub("throttled", "served", self.page(["first"]), state=after)])
        mode = self.paging.get("mode")
        if mode in ("token", "marker"):
            self.tokens()
        elif mode in ("page", "offset"):
            if self.style.get("total"):
                self.numbers(["1", "2", "3"] if mode == "page" else ["0", "2", "3"])
            else:
                self.until_empty()
        return self.cases

    def tokens(self):
        parameter = self.paging["token_param"]
        names = ["first", "second", "third", "fourth"]
        self.case("many", names, 3, [
            self.stub("many", "page 1", self.page(names[:2], 4, "page-two"), {parameter: {"absent": True}}),
            self.stub("many", "page 2, empty", self.page([], 4, "page-three"), {parameter: {"equalTo": "page-two"}}),
            self.stub("many", "page 3", self.page(names[2:], 4), {parameter: {"equalTo": "page-three"}}),
        ])
        self.case("circle", ["first"], 2, [self.stub("circle", "always the same", self.page(["first"], 4, "page-two"))],
                  error="Incomplete")
        if "more" in self.style:
            unnamed = self.page(["first"], 4)
            self.put(unnamed, self.style["more"], True)
            self.case("more-unnamed", ["first"], 1, [self.stub("more-unnamed", "more, and no marker to it", unnamed)],
                      error="Incomplete")

    def numbers(self, numbers):
        """An item was removed and another made between two pages: the listing ends early and is done once more."""
        parameter = self.paging.get("page_param") or self.paging["offset_param"]
        names = ["first", "second", "third", "fourth"]
        one, two, three = ({parameter: {"equalTo": number}} for number in numbers)
        again = "paging-many-again"
        self.case("many", names, 5, [
            self.stub("many", "page 1", self.page(names[:2], 4), one),
            self.stub("many", "page 2, empty", self.page([], 4), two, then=again),
            self.stub("many", "page 1 again", self.page(names[:2], 4), one, state=again),
            self.stub("many", "page 2 again", self.page(names[2:3], 4), two, state=again),
            self.stub("many", "page 3", self.page(names[3:], 4), three, state=again),
        ])
        self.case("short", names[:2], 4, [
            self.stub("short", "page 1", self.page(names[:2], 4), one),
            self.stub("short", "page 2, empty", self.page([], 4), two),
        ], error="Incomplete")
        self.case("circle", names[:2], 4, [self.stub("circle", "always the same", self.page(names[:2], 4))],
                  error="Incomplete")
        self.case("low-total", names, 3, [
            self.stub("low-total", "page 1", self.page(names[:2], 1), one),
            self.stub("low-total", "page 2", self.page(names[2:], 1), two),
            self.stub("low-total", "end", self.page([], 1), {parameter: {"equalTo": numbers[2] if numbers[0] == "1" else "4"}}),
        ])

    def until_empty(self):
        parameter = self.paging["offset_param"]
        names = ["first", "second", "third", "fourth"]
        self.case("many", names, 3, [
            self.stub("many", "from 0", self.page(names[:2]), {parameter: {"equalTo": "0"}}),
            self.stub("many", "from 2", self.page(names[2:]), {parameter: {"equalTo": "2"}}),
            self.stub("many", "end", self.page([]), {parameter: {"equalTo": "4"}}),
        ])
