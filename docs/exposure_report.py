#!/usr/bin/env python3
"""A second implementation of docs/exposure-report.md: derives every number of a report again, from a ledger's export alone.

    python3 docs/exposure_report.py report.json ledger/

Standard library only. It recomputes the tree's root from the entries, and checks that the note's text is of this report. It does not check
the Ed25519 signatures: `cofferdam verify` does. It shares no code with it, and nothing but the page that describes the format.
"""

import base64
import hashlib
import json
import pathlib
import sys

CLASSES = ["altered", "touched", "leased", "held", "unknown", "reachable", "untouched"]
INF = float("inf")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DESCRIBES = {"project-opened", "guideline-set", "tasks-imported", "submission-received", "answer-amended", "review-given", "question-asked", "question-answered"}
SECOND = 1_000_000


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def object_id(raw):
    n = int.from_bytes(raw, "big")
    return "obj_" + "".join(ALPHABET[(n >> (5 * (25 - i))) & 31] for i in range(26))


def root_of(leaves):
    """RFC 6962, with a stack of perfect trees."""
    stack = []
    for n, leaf in enumerate(leaves, 1):
        node = sha256(b"\0" + leaf)
        while n % 2 == 0:
            node, n = sha256(b"\1" + stack.pop() + node), n // 2
        stack.append(node)
    node = stack.pop()
    while stack:
        node = sha256(b"\1" + stack.pop() + node)
    return node


def read_entries(ledger, size):
    """Bundles of 256 entries, each with a length of two bytes; the last may be narrower, and a wider one serves as well."""
    entries = []
    for index in range((size + 255) // 256):
        parts = [f"{index % 1000:03}"]
        rest = index // 1000
        while rest:
            parts.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        full = ledger / "tile" / "entries" / "/".join(parts)
        files = [full] if full.is_file() else sorted(pathlib.Path(f"{full}.p").iterdir(), key=lambda f: int(f.name))
        data, at = files[-1].read_bytes(), 0
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            entries.append(data[at + 2 : at + 2 + length])
            at += 2 + length
    return entries[:size]


def hull(one, other):
    return (min(one[0], other[0]), max(one[1], other[1]))


class Ledger:
    def __init__(self, folder, entries, made_at):
        self.folder, self.entries = folder, entries
        self.blurs = self.find_blurs(made_at)
        self.when = [self.bounds(e) for e in entries]
        self.engagements = {}
        for e in entries:
            f = e["fact"]
            if f["kind"] == "engagement-granted":
                self.engagements[f["engagement"]] = {**f, "n": e["n"], "t": e["t"], "ended": None}
            elif f["kind"] == "engagement-ended" and self.engagements[f["engagement"]]["ended"] is None:
                self.engagements[f["engagement"]]["ended"] = e["n"]
        self.projects = [e["fact"]["project"] for e in entries if e["fact"]["kind"] == "project-opened"]
        self.described = {}
        for e in entries:
            if e["fact"]["kind"] in DESCRIBES:
                for o in self.listed(e):
                    self.described.setdefault((o["object"], o["version"]), (o["bytes"], self.project(e), self.when[e["n"]][0]))

    def find_blurs(self, made_at):
        spans, open_span = [], None
        for e in self.entries:
            kind = e["fact"]["kind"]
            if kind == "clock-put-back":
                open_span = open_span or {"stood": e["t"], "clock": e["clock"], "end": len(self.entries), "to": INF}
                open_span["clock"] = min(open_span["clock"], e["clock"])
            elif kind == "clock-caught-up":
                spans.append({**open_span, "end": e["n"], "to": e["t"]})
                open_span = None
        last = self.entries[-1]["t"]
        if open_span:
            spans.append(open_span)
        elif last >= made_at + SECOND:
            spans.append({"stood": last, "clock": made_at, "end": len(self.entries), "to": INF})
        blurs = []
        for s in spans:
            start = next((e["n"] for e in self.entries if e["t"] >= s["clock"] - SECOND), len(self.entries))
            blur = {
                "range": (start, s["end"]),
                "from": self.entries[start - 1]["t"] if start else 0,
                "stood": (s["stood"], s["stood"]),
                "to": s["to"],
                "spans": 1,
            }
            for other in [b for b in blurs if b["range"][0] <= blur["range"][1] and blur["range"][0] <= b["range"][1]]:
                blurs.remove(other)
                blur = {
                    "range": hull(blur["range"], other["range"]),
                    "from": min(blur["from"], other["from"]),
                    "stood": hull(blur["stood"], other["stood"]),
                    "to": max(blur["to"], other["to"]),
                    "spans": blur["spans"] + other["spans"],
                }
            blurs.append(blur)
        return blurs

    def bounds(self, e):
        for b in self.blurs:
            if b["range"][0] <= e["n"] < b["range"][1]:
                if "clock" not in e:
                    return (b["from"], b["stood"][1])
                return (b["from"] if b["spans"] > 1 else min(e["clock"], b["stood"][0]), b["to"])
        return (e["t"], e["t"])

    def set_beforehand(self, t):
        bounds = (t, t)
        for b in self.blurs:
            if b["from"] <= t <= b["to"]:
                bounds = hull(bounds, (b["from"], b["to"]))
        return bounds

    def project(self, e):
        if "project" in e["fact"]:
            return e["fact"]["project"]
        return self.engagements[e["by"]["engagement"]]["reach"]["id"]

    def listed(self, e):
        f = e["fact"]
        kind = f["kind"]
        if kind in ("tasks-imported", "read-intended"):
            data = (self.folder / "sets" / f["set"]["sha256"]).read_bytes()
            items = [data[i : i + 28] for i in range(0, len(data), 28)]
            found = [
                {"object": object_id(i[:16]), "version": int.from_bytes(i[16:20], "big"), "bytes": int.from_bytes(i[20:], "big")}
                for i in items
            ]
            assert sha256(data).hex() == f["set"]["sha256"] and len(found) == f["set"]["objects"], f["set"]
            assert sum(o["bytes"] for o in found) == f["set"]["bytes"], f["set"]
            return found
        if kind in ("task-released", "review-released", "objects-released"):
            return f["objects"]
        member = {"project-opened": "template", "guideline-set": "guideline", "submission-received": "answer", "answer-amended": "answer", "review-given": "comment", "question-asked": "words", "question-answered": "words"}
        one = f.get(member.get(kind))
        return [one] if one else []

    def reach(self, pseudonym):
        """(project, from, until) triples."""
        found = []
        for engagement in self.engagements.values():
            if engagement["pseudonym"] != pseudonym:
                continue
            granted = self.when[engagement["n"]][0]
            begin = granted
            if engagement["from"] > engagement["t"]:
                begin = max(self.set_beforehand(engagement["from"])[0], granted)
            end = min(
                self.set_beforehand(engagement["until"])[1] if engagement.get("until") is not None else INF,
                self.when[engagement["ended"]][1] if engagement["ended"] is not None else INF,
            )
            reach = engagement["reach"]
            for project in [reach["id"]] if reach["to"] == "project" else self.projects:
                left = [(begin, end)]
                for hole in self.halts(engagement["engagement"], project):
                    left = [p for a, b in left for p in ((a, min(b, hole[0])), (max(a, hole[1]), b))]
                    left = [(a, b) for a, b in left if a < b]
                found += [(project, a, b) for a, b in left if a < b]
        return found

    def halts(self, engagement, project):
        for e in self.entries:
            f = e["fact"]
            if f["kind"] != "halted":
                continue
            scope = f["scope"]
            stops = scope["on"] == "lab" or (scope["on"], scope.get("id")) in (("project", project), ("engagement", engagement))
            resumed = [r["n"] for r in self.entries if r["fact"]["kind"] == "resumed" and r["fact"]["halt"] == f["halt"]]
            begin = self.when[e["n"]][1]
            end = min(
                self.when[resumed[0]][0] if resumed else INF,
                self.set_beforehand(f["until"])[0] if f.get("until") is not None else INF,
            )
            if stops and begin < end:
                yield (begin, end)


def history(scans, silence):
    """Spans of all time: (from, to, known, why). Each scan has when it was, when it was received, and its finding."""
    order = ["absent", "doubted", "found"]
    blind = [t for t, _, finding in scans if finding == "blind"]
    seeing = {}
    for at, received, finding in scans:
        if finding != "blind":
            for t in {at} if finding == "absent" else {at, received}:
                seeing[t] = max(seeing.get(t, "absent"), finding, key=order.index)
    times = sorted(seeing)

    def unknown(why, a, b):
        return ("unknown", "gaps" if any(a < t < b for t in blind) else why)

    spans = [(-INF, times[0] if times else INF, *unknown("no-scan-yet", -INF, times[0] if times else INF))]
    for t, following in zip(times, times[1:] + [INF]):
        one, other = seeing[t], seeing.get(following)
        begin = t
        if one == "found":
            begin = t + 1
            spans.append((t, begin, "ran", None))
        near = following - t <= silence
        if other is None:
            known = unknown("no-scan-since", t, INF) if one == "absent" else ("may-have-run", None)
        elif one == other == "absent":
            known = ("not-seen", None) if near else unknown("silence", t, following)
        else:
            known = ("ran", None) if one == other == "found" and near else ("may-have-run", None)
        spans.append((begin, following, *known))
    joined = []
    for span in spans:
        if span[0] >= span[1]:
            continue
        if joined and joined[-1][2:] == span[2:]:
            span = (joined.pop()[0], *span[1:])
        joined.append(span)
    return joined


def place(bounds, window):
    (a, b), (begin, end) = bounds, window
    open_end = end == INF
    inside_end = open_end if b == INF else b < end
    if a >= begin and inside_end:
        return "within"
    if a < begin and inside_end:
        return "before" if b < begin else "before or within"
    return "maybe within" if a < end else "after"


def overlap(one, other):
    both = (max(one[0], other[0]), min(one[1], other[1]))
    return both if both[0] < both[1] else None


def pair(window):
    return None if window is None else (window["from"], INF if window["to"] is None else window["to"])


def ends(window):
    return None if window is None else {"from": window[0], "to": None if window[1] == INF else window[1]}


def empty():
    count = {"objects": 0, "bytes": 0}
    return {"classes": {c: dict(count) for c in CLASSES}, "facts": {c: dict(count) for c in CLASSES[:-1]}}


def add(sums, facts, size):
    for count in [sums["classes"][facts[0] if facts else "untouched"]] + [sums["facts"][f] for f in facts]:
        count["objects"] += 1
        count["bytes"] += size


class Subject:
    def __init__(self, ledger, subject):
        self.ledger, self.subject = ledger, subject
        self.platform = subject["kind"] == "platform"
        self.reach = [] if self.platform else ledger.reach(subject["pseudonym"])
        self.spans = None
        self.last_seen = -INF
        # When each exposed window begins: a stream that was on its way then was on its way, whichever window is asked about.
        self.begins = []
        if subject["kind"] == "component":
            inferring = subject["elsewhere"] == "nothing" or subject["longest_silence"] == 0
            assert inferring, "something is inferred, though scans saw what this ledger has not"
            assert subject["elsewhere"] != "since-rebuilt" or subject["rebuilt"] is not None, "the host was not rebuilt"
            own = {
                e["n"]: (min(e["t"], e["fact"]["scanned"]), e["t"])
                for e in ledger.entries
                if e["fact"]["kind"] == "inventory-reported"
                and ledger.engagements[e["fact"]["engagement"]]["pseudonym"] == subject["pseudonym"]
            }
            assert sorted(own) == sorted(s["entry"] for s in subject["scans"]), "a scan for each inventory"
            self.spans = history([(*own[s["entry"]], s["finding"]) for s in subject["scans"]], subject["longest_silence"])
            self.last_seen = max([own[s["entry"]][1] for s in subject["scans"] if s["finding"] in ("found", "doubted")], default=-INF)

    def is_by(self, by):
        if self.platform:
            return False
        named = by["as"] == "engaged" and by["pseudonym"] == self.subject["pseudonym"]
        return named and (self.subject["kind"] != "credential" or by["credential"] in self.subject["tags"])

    def exposed(self, availability):
        if self.platform:
            return (availability[0], INF)
        if self.spans is None:
            return availability
        first = self.first(availability)
        if first is None:
            return None
        revoked = [c["revoked"] for c in self.subject["credentials"]] + [self.subject["others_revoked"]]
        if not self.ended(first, availability) or None in revoked:
            return (first, INF)
        return (first, max([self.subject["rebuilt"], *revoked]))

    def first(self, availability):
        """The first possible execution: in the window, or else after it."""
        since = (availability[0], INF)
        possible = [overlap((a, b), availability) for a, b, known, _ in self.spans if known != "not-seen"]
        later = [overlap((a, b), since) for a, b, known, _ in self.spans if known in ("ran", "may-have-run")]
        return next((p[0] for p in possible + later if p), None)

    def ended(self, first, availability):
        """Whether the rebuilding of the host counts: after the first possible execution, nothing seen since, and nothing possible left."""
        rebuilt = self.subject["rebuilt"]
        if rebuilt is None or rebuilt <= first or self.last_seen >= rebuilt or self.subject["elsewhere"] == "since-rebuilt":
            return False
        left = overlap(availability, (rebuilt, INF))
        return left is None or not any(overlap((a, b), left) for a, b, known, _ in self.spans if known != "not-seen")

    def own_credentials(self, windows):
        """Which credentials the ledger shows to have been in reach: the case has to have them all."""
        firsts = [(self.first(w), w) for w in windows if w is not None]
        counts = any(first is not None and self.ended(first, w) for first, w in firsts)
        before = self.subject["rebuilt"] if counts else INF
        found = set()
        for e in self.ledger.entries:
            for named in [e["by"]] * (e["by"]["as"] == "engaged") + [e["fact"]] * (e["fact"]["kind"] == "holder-credential-issued"):
                granted = self.ledger.engagements.get(named["engagement"])
                if granted and granted["pseudonym"] == self.subject["pseudonym"] and self.ledger.when[e["n"]][0] < before:
                    found.add(named["credential"])
        return found

    def acts(self):
        """(object, version, bytes, entry, bounds, wrote)."""
        for e in filter(lambda e: self.is_by(e["by"]), self.ledger.entries):
            begun = self.ledger.when[e["n"]]
            times = [begun]
            if e["fact"]["kind"] == "read-intended":
                ended = [
                    c["n"]
                    for c in self.ledger.entries
                    if c["fact"]["kind"] == "read-completed" and c["fact"]["stream"] == e["fact"]["stream"] and c["n"] > e["n"]
                ]
                if ended:
                    done = self.ledger.when[ended[0]]
                    times.append(done)
                    times.extend((t, t) for t in self.begins if begun[1] < t < done[0])
                else:
                    times.append((begun[0], INF))
            for o in self.ledger.listed(e):
                for when in times:
                    yield (o, e, when, e["fact"]["kind"] in DESCRIBES)

    def window(self, availability):
        if availability is None:
            return None
        exposed = self.exposed(availability)
        seen = [(overlap((a, b), availability), k, w) for a, b, k, w in self.spans or []]
        result = {
            "availability": ends(availability),
            "ran": [{"during": ends(d), "known": k, "why": w} for d, k, w in seen if d],
            "exposed": ends(exposed),
            "totals": empty(),
            "projects": [],
            "objects": [],
            "deliveries": [],
        }
        if exposed is not None:
            self.count(result, exposed)
            result["deliveries"] = self.deliveries(exposed)
        return result

    def count(self, result, window):
        done, first, sizes = {}, {}, {}
        for o, e, when, wrote in self.acts():
            key = (o["object"], o["version"])
            first.setdefault(key, self.ledger.project(e))
            sizes[key] = max(sizes.get(key, 0), o["bytes"])
            facts = done.setdefault(key, set())
            where = place(when, window)
            facts |= {
                "within": {"altered" if wrote else "touched"},
                "before": {"held"},
                "before or within": {"held", "unknown"},
                "maybe within": {"unknown"},
                "after": set(),
            }[where]
        projects = {}
        for key in sorted(self.ledger.described.keys() | done.keys()):
            facts = set(done.get(key, ()))
            if key in self.ledger.described:
                size, project, born = self.ledger.described[key]
                lived = overlap((born, INF), window)
                if lived is None and not facts & {"altered", "touched"}:
                    continue
                if lived:
                    facts |= self.standing(project, lived, window)
            elif facts:
                size, project = sizes[key], first[key]
                facts.add("unknown")
            else:
                continue
            facts = [c for c in CLASSES if c in facts]
            add(result["totals"], facts, size)
            add(projects.setdefault(project, empty()), facts, size)
            if facts:
                found = {"object": key[0], "version": key[1], "bytes": size, "project": project, "class": facts[0], "facts": facts}
                result["objects"].append(found)
        result["projects"] = [{"project": p, "totals": projects[p]} for p in sorted(projects)]

    def standing(self, project, lived, window):
        facts = {"unknown"} if self.platform else set()
        for of, a, b in self.reach:
            if of != project:
                continue
            if overlap((a, b), lived):
                facts.add("reachable")
            for begin, end, known, _ in self.spans or []:
                both = overlap((begin, end), (a, b))
                if known == "unknown" and both and overlap(both, window):
                    facts.add("unknown")
        return facts

    def deliveries(self, window):
        made, accepted = {}, {}
        for e in self.ledger.entries:
            if e["fact"]["kind"] == "delivery-made":
                made[e["fact"]["delivery"]] = e
            elif e["fact"]["kind"] == "delivery-accepted":
                accepted.setdefault(e["fact"]["delivery"], e)

        def within(e):
            return e is not None and place(self.ledger.when[e["n"]], window) not in ("before", "after")

        found = []
        for delivery, e in sorted(made.items()):
            by_subject, taken = (self.platform or self.is_by(e["by"])) and within(e), within(accepted.get(delivery))
            if by_subject or taken:
                found.append(
                    {
                        "delivery": delivery,
                        "project": e["fact"]["project"],
                        "rows": e["fact"]["rows"],
                        "made_by_subject": by_subject,
                        "accepted": taken,
                    }
                )
        return found


def acts_no_more(case, ledger):
    """A credential that the case calls revoked does nothing later, at the earliest: but for ends of streams, refusals, and 10 seconds."""
    credentials = [c for s in case["subjects"] for c in s.get("credentials", ())]
    revoked = {tag: c["revoked"] for c in credentials for tag in c["tags"] if c["revoked"] is not None}
    for e in ledger.entries:
        if e["by"]["as"] == "engaged" and e["fact"]["kind"] not in ("read-completed", "refused"):
            at = revoked.get(e["by"]["credential"], INF)
            assert ledger.bounds(e)[0] - at <= 10 * SECOND, f"entry {e['n']} is an act by a credential that was revoked before"


def keys(stated, entries):
    """Of the platform: each project, and when its keys were last called to be replaced."""
    last = {}
    for e in entries:
        if e["fact"]["kind"] in ("project-opened", "epochs-rotated"):
            last[e["fact"]["project"]] = e["t"] if e["fact"]["kind"] == "epochs-rotated" else None
    found = [{"project": project, "rotated": t} for project, t in sorted(last.items())]
    return {"keys": found} if found and stated["kind"] == "platform" else {}


def derive(case, made_at, folder, entries):
    ledger = Ledger(folder, entries, made_at)
    acts_no_more(case, ledger)
    claims = [pair(c["window"]) for c in case["availability"]]
    narrowest = widest = None
    if claims:
        narrowest = (max(a for a, _ in claims), min(b for _, b in claims))
        narrowest = narrowest if narrowest[0] < narrowest[1] else None
        widest = (min(a for a, _ in claims), max(b for _, b in claims))
    windows = {"narrowest": narrowest, "widest": widest, "chosen": pair(case["chosen"])}
    opened = [e for e in entries if e["fact"]["kind"] == "incident-opened" and e["fact"]["incident"] == case["incident"]]
    assert opened, "the ledger tells of no such incident"
    names = {stated.get("pseudonym") for stated in case["subjects"]}
    for e in entries:
        if e["fact"]["kind"] == "incident-concerns" and e["fact"]["incident"] == case["incident"]:
            whom = e["fact"].get("subject")
            assert whom in names, f"the incident concerns {whom or 'the platform'}, by entry {e['n']}"
    results = []
    for stated in case["subjects"]:
        subject = Subject(ledger, stated)
        exposed = [subject.exposed(window) for window in windows.values() if window is not None]
        subject.begins = [window[0] for window in exposed if window is not None]
        own = [i for i, e in ledger.engagements.items() if e["pseudonym"] == stated.get("pseudonym")]
        if stated["kind"] == "component":
            left = subject.own_credentials(windows.values()) - {tag for c in stated["credentials"] for tag in c["tags"]}
            assert not left, f"credentials are left out: {sorted(left)}"
        results.append(
            {
                "subject": stated.get("pseudonym"),
                "kind": stated["kind"],
                "engagements": sorted(own),
                **keys(stated, entries),
                "windows": {name: subject.window(window) for name, window in windows.items()},
            }
        )
    return results


def differences(expected, found, at=""):
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from differences(expected.get(key, "nothing"), found.get(key, "nothing"), f"{at}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for i, (one, other) in enumerate(zip(expected, found)):
            yield from differences(one, other, f"{at}/{i}")
    elif expected != found:
        yield f"{at}: {expected!r} follows, but it says {found!r}"


def main(file, folder):
    text = pathlib.Path(file).read_bytes()
    signed = json.loads(text)
    assert canonical(signed) + b"\n" == text, "not canonical JSON"
    report, folder = signed["report"], pathlib.Path(folder)
    assert report["format"] == "cofferdam-exposure/1", report["format"]
    origin, size, root = report["ledger"]["checkpoint"].split("\n")[:3]
    raw = read_entries(folder, int(size))
    assert base64.b64encode(root_of(raw)).decode() == root, "the entries have another root than the checkpoint"
    note = f"cofferdam-exposure/1\n{origin}\n{sha256(canonical(report)).hex()}\n"
    assert signed["note"].startswith(note + "\n"), "the note is of another report"
    entries = [json.loads(e) for e in raw]
    assert [e["n"] for e in entries] == list(range(len(entries))), "entries out of order"
    own = {
        "lab": entries[0]["fact"]["lab"],
        "ledger": {**report["ledger"], "origin": origin, "size": int(size), "root": root},
        "results": derive(report["case"], report["made_at"], folder, entries),
    }
    wrong = list(differences(own, {key: report[key] for key in own}))
    print("\n".join(wrong) or f"{len(own['results'])} subjects, {size} entries: every number is the same")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
