"""Learns the ranking of metadata candidates (headline, byline, day of publication).

    metadata.py report FEATURES GOLD [FEATURES GOLD ..]
    metadata.py train  FEATURES GOLD [FEATURES GOLD ..] --out schema/models

FEATURES is what `cargo run --example metadata_answers features DIR` prints, GOLD the JSON Lines of
the set ("id", "url", "title", "authors", "date").  `report` gives accuracies out of fold, with the
folds made of hosts; `train` learns from everything and writes one tree file a field.  Seeds and
folds are fixed, one thread: the same input gives the same bytes.
"""
import argparse, collections, hashlib, json, pathlib, re, unicodedata
from urllib.parse import urlsplit

import lightgbm
import numpy as np

import gbm_format

FOLDS = 8
# Sets of news pages: what newsidx reads. Their pages count more among pages of all kinds, those with
# headlines most, for news sites share other headlines than blogs do.
NEWS_SETS = {"fundus"}
NEWS_WEIGHT = {"headline": 8, "byline": 3, "published": 3}
FIELDS = {"headline": "title", "byline": "authors", "published": "date"}
SETTINGS = {
    "headline": dict(num_leaves=12, rounds=160),
    "byline": dict(num_leaves=10, rounds=140),
    "published": dict(num_leaves=10, rounds=120),
}
SEEDS = (7, 8, 9)
INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
SPLIT = re.compile(r"\s*(?:[;,|/&\n·•]|\s(?:and|und|et|y|e|og|och|en|with|mit)\s)\s*", re.I)
LEAD = re.compile(r"^\s*(?:written by|story by|reported by|by|von|par|por|di|av|af|text|autor|author|reporter)\b[\s:]*", re.I)


def fold_text(text):
    plain = unicodedata.normalize("NFKC", str(text).translate(INVISIBLE)).casefold()
    return " ".join(re.findall(r"\w+", plain))


def name_set(values):
    parts = (part for value in values for part in SPLIT.split(LEAD.sub("", str(value))))
    return {fold_text(LEAD.sub("", part)) for part in parts} - {""}


def is_right(field, gold, value):
    if field == "headline":
        return fold_text(gold) == fold_text(value[0])
    if field == "byline":
        return name_set(gold if isinstance(gold, list) else [gold]) == name_set(value)
    return value[0] in gold


def host_of(url):
    labels = urlsplit(url).netloc.lower().split(":")[0].split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-keep:])


class Pages:
    """The candidates of one field on all pages that have gold for it."""

    def __init__(self, field, pairs):
        self.rows, self.labels, self.weights = [], [], []
        self.spans, self.folds, self.sets, self.ids, self.values = [], [], [], [], []
        self.names = None
        for features, gold_path in pairs:
            gold = {g["id"]: g for g in map(json.loads, open(gold_path, encoding="utf8"))}
            name = pathlib.Path(gold_path).parent.name
            for line in open(features, encoding="utf8"):
                page = json.loads(line)
                truth = gold.get(page["id"], {})
                if truth.get(FIELDS[field]):
                    self.add(field, page, truth, name)
        self.x, self.y, self.w = np.array(self.rows, np.float32), np.array(self.labels), np.array(self.weights)

    def add(self, field, page, truth, name):
        candidates = [c for c in page["candidates"] if c["field"] == field]
        start = len(self.rows)
        for c in candidates:
            self.rows.append(c["features"])
            self.labels.append(int(is_right(field, truth[FIELDS[field]], c["value"])))
            self.weights.append((NEWS_WEIGHT[field] if name in NEWS_SETS else 1) / np.sqrt(len(candidates)))
            self.values.append(c["value"])
        self.spans.append((start, len(self.rows)))
        digest = hashlib.sha256(host_of(truth.get("url", page["id"])).encode()).digest()
        self.folds.append(digest[0] % FOLDS)
        self.sets.append(name)
        self.ids.append((page["id"], truth[FIELDS[field]]))
        if candidates and not self.names:
            self.names = page["names"][field]

    def rows_of(self, wanted):
        picked = [np.arange(a, b) for (a, b), keep in zip(self.spans, wanted) if keep]
        return np.concatenate(picked)


class Boosters:
    """Several boosters of one recipe and other seeds; their mean."""

    def __init__(self, boosters):
        self.boosters = boosters

    def predict(self, x):
        raw = np.mean([b.predict(x, raw_score=True) for b in self.boosters], axis=0)
        return 1 / (1 + np.exp(-raw))

    def dump_model(self, num_iteration=None):
        """One model whose trees are those of all, their leaves divided by the number of boosters."""
        dumps = [b.dump_model() for b in self.boosters]
        trees = [tree for dump in dumps for tree in dump["tree_info"]]
        stack = [tree["tree_structure"] for tree in trees]
        while stack:
            node = stack.pop()
            if "leaf_value" in node:
                node["leaf_value"] /= len(dumps)
            else:
                stack += [node["left_child"], node["right_child"]]
        return {"tree_info": trees, "max_feature_idx": dumps[0]["max_feature_idx"]}


def learn(field, pages, rows):
    return Boosters([learn_one(field, pages, rows, seed) for seed in SEEDS])


def learn_one(field, pages, rows, seed):
    s = SETTINGS[field]
    parameters = dict(
        objective="binary", num_leaves=s["num_leaves"], learning_rate=s.get("rate", 0.08), lambda_l2=3,
        min_data_in_leaf=s.get("leaf", 10), feature_fraction=s.get("share", 0.5), bagging_fraction=0.8, bagging_freq=1,
        seed=seed, deterministic=True, force_row_wise=True, num_threads=1, verbose=-1,
    )
    data = lightgbm.Dataset(pages.x[rows], pages.y[rows], weight=pages.w[rows])
    return lightgbm.train(parameters, data, num_boost_round=s["rounds"])


def out_of_fold(field, pages):
    scores = np.zeros(len(pages.y))
    for fold in range(FOLDS):
        booster = learn(field, pages, pages.rows_of([f != fold for f in pages.folds]))
        test = pages.rows_of([f == fold for f in pages.folds])
        scores[test] = booster.predict(pages.x[test])
    return scores


def report(field, pages, scores, misses=None):
    tally = collections.defaultdict(list)
    for (a, b), name, ident in zip(pages.spans, pages.sets, pages.ids):
        best = a + int(np.argmax(scores[a:b])) if b > a else None
        right = best is not None and bool(pages.y[best])
        tally[name].append((right, b > a and bool(pages.y[a:b].max()), 0 if best is None else scores[best]))
        if misses is not None and not right:
            known = [pages.values[i] for i in range(a, b) if pages.y[i]][:1]
            misses.append((field, name, *ident, None if best is None else pages.values[best], known))
    for name, results in tally.items():
        right, possible, sure = (np.array(column, float) for column in zip(*results))
        high = right[np.argsort(-sure)][: int(0.9 * len(right))]
        print(f"{field:10} {name:20} {len(right):5}  right {right.mean():.3f}  possible {possible.mean():.3f}"
              f"  surest 90 % {high.mean():.3f}  expected {sure.mean():.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("report", "train"))
    parser.add_argument("files", nargs="+")
    parser.add_argument("--out", default="schema/models")
    parser.add_argument("--fields", nargs="*", default=list(FIELDS))
    parser.add_argument("--misses", help="where the pages answered wrongly are listed")
    options = parser.parse_args()
    pairs = list(zip(options.files[::2], options.files[1::2]))
    misses = []
    for field in options.fields:
        pages = Pages(field, pairs)
        if options.what == "report":
            report(field, pages, out_of_fold(field, pages), misses)
        else:
            booster = learn(field, pages, np.arange(len(pages.y)))
            path = pathlib.Path(options.out) / f"metadata-{field}.gbm"
            path.parent.mkdir(parents=True, exist_ok=True)
            gbm_format.write(booster, path)
            print(path, path.stat().st_size, "bytes;", pages.x.shape[1], "features;", len(pages.spans), "pages")
    if options.misses:
        pathlib.Path(options.misses).write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in misses))


if __name__ == "__main__":
    main()
