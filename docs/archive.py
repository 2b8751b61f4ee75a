#!/usr/bin/env python3
"""Asks an archive that `cofferdam ledger archive` wrote what somebody touched, with pyarrow and nothing of Cofferdam.

    python3 docs/archive.py DIR NAME FROM TO

NAME is a credential tag (ct_…), a pseudonym (p_…) or an engagement (eng_…) as the ledger has it; FROM and TO are as in 2026-03-24T10:00:00Z, TO not
included. Prints JSON. It reads docs/archive.md and no code; where the clock was put back it counts by the ledger's time, and says so.
"""

import datetime
import json
import pathlib
import sys

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COLUMNS = {"ct": "credential", "p": "pseudonym", "eng": "engagement"}
RELEASED = {"task-released", "review-released", "objects-released", "read-intended"}
WRITTEN = {"project-opened", "guideline-set", "tasks-imported", "submission-received", "answer-amended", "review-given", "question-asked", "question-answered"}


def raw(name):
    prefix, text = name.split("_")
    value = 0
    for digit in text:
        value = value * 32 + ALPHABET.index(digit)
    return COLUMNS[prefix], value.to_bytes(16, "big")


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def said(file):
    return json.loads(pq.read_metadata(file).metadata[b"cofferdam.archive"])


def main(folder, name, since, until):
    folder = pathlib.Path(folder)
    head = said(folder / "actors.parquet")
    files = sorted(folder.glob("rows-*.parquet"))
    assert len(files) == len(head["parts"]), "a file of rows is missing"
    for file, end in zip(files, head["parts"]):
        own = said(file)
        assert own["checkpoint"] == head["checkpoint"] and own["end"] == end["end"], f"{file} is of another archive"
    column, wanted = raw(name)
    actors = pq.read_table(folder / "actors.parquet").to_pylist()
    mine = [number for number, actor in enumerate(actors) if actor[column] == wanted]
    since, until = when(since), when(until)
    within = (pc.field("t") >= since) & (pc.field("t") < until) & pc.field("actor").isin(mine)
    rows = ds.dataset(files).to_table(filter=within).to_pylist() if files else []

    released, sets, touched, altered = 0, {}, {}, {}
    for row in rows:
        if row["object"] is not None:
            version = (row["object"], row["version"])
            if row["fact"] in WRITTEN:
                altered[version] = row["bytes"]
            elif row["fact"] in RELEASED:
                touched[version] = row["bytes"]
        if row["fact"] in RELEASED and row["object"] is not None:
            released += 1
            if row["fact"] == "read-intended":
                sets[row["stream"]] = sets.get(row["stream"], 0) + 1
        elif row["fact"] == "read-completed" and row["stream"] in sets:
            released += row["objects"] - sets.pop(row["stream"])
    touched = {version: size for version, size in touched.items() if version not in altered}
    origin, size, root = head["checkpoint"].split("\n")[:3]
    limit = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(microseconds=head["until"])
    print(
        json.dumps(
            {
                "ledger": {"origin": origin, "size": int(size), "root": root},
                "entries": len({row["n"] for row in rows}),
                "releases": released,
                "touched": {"objects": len(touched), "bytes": sum(touched.values())},
                "altered": {"objects": len(altered), "bytes": sum(altered.values())},
                "unknown": until > limit,
                "undated": bool(head["put_back"]),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
