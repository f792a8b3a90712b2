"""Trains the line model for plain text (`src/extract/text/model.rs`).

    cargo run --release --example line_rows ROWS FOLDER...
    python3 training/text_lines.py ROWS GOLD

GOLD holds a folder SET for each input folder SET/text or SET/html, with `gold.jsonl`: records
`{"id", "url", "body"}`, or `{"id", "url", "with": [..], "without": [..]}` with snippets alone.
Folds are by host, so that no site is judged by what was learned from it. Seeds and thread counts
are fixed: the same rows give the same models, byte for byte.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import re
import statistics
import sys
import urllib.parse

import lightgbm as lgb
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gbm_format

FOLDS = 4
PARAMS = {
    "objective": "cross_entropy", "learning_rate": 0.08, "num_leaves": 24, "min_data_in_leaf": 40, "max_bin": 63,
    "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    "seed": 11, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbosity": -1,
}
# Share of a set's pages in what is learned: scraped text counts for itself, pages read as text less.
SET_WEIGHT = {"text": 1.0, "html": 0.6}


def words(text):
    return re.findall(r"\w+", text or "")


def grams(tokens, n):
    return [tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1)]


def labels_of_body(lines, body):
    """Share of each line that stands in the gold body; short lines only where they fit in."""
    gold = words(body)
    where = {n: collections.defaultdict(list) for n in (1, 2, 3, 4)}
    for n, index in where.items():
        for at, gram in enumerate(grams(gold, n)):
            index[gram].append(at)
    label, places, sure = np.zeros(len(lines)), [None] * len(lines), []
    tokens = [words(line) for line in lines]
    for i, token in enumerate(tokens):
        if not token:
            continue
        n = min(4, len(token))
        found = [where[n].get(g) for g in grams(token, n)]
        label[i] = sum(f is not None for f in found) / len(found)
        if len(token) >= 8 and label[i] >= 0.6:
            places[i] = statistics.median(f[0] for f in found if f)
            sure.append(i)
    sure_at = np.array(sure)
    for i, token in enumerate(tokens):
        if not token or len(token) >= 8 or label[i] == 0:
            continue
        if not sure:
            label[i] = 0
            continue
        at = np.searchsorted(sure_at, i)
        low = places[sure_at[at - 1]] if at > 0 else -1
        high = places[sure_at[at]] if at < len(sure) else len(gold)
        near = at > 0 and i - sure_at[at - 1] <= 12 or at < len(sure) and sure_at[at] - i <= 12
        spots = where[len(token) if len(token) <= 4 else 4].get(tuple(token[:4]), [])
        fits = near and any(low - 1 <= s <= high + 1 for s in spots)
        label[i] = label[i] if fits else 0.0
    keep_as_often_as_gold(lines, tokens, label, gold, sure_at)
    return label


def keep_as_often_as_gold(lines, tokens, label, gold, sure):
    """Of equal lines as many stay as the gold has: those with most sure lines around."""
    groups = collections.defaultdict(list)
    for i, token in enumerate(tokens):
        if label[i] > 0.5 and token:
            groups[tuple(token)].append(i)
    text = " " + " ".join(gold) + " "
    for token, members in groups.items():
        if len(members) < 2:
            continue
        allowed = max(1, text.count(" " + " ".join(token) + " "))
        near = lambda i: int(np.sum(np.abs(sure - i) <= 6)) if len(sure) else 0
        for i in sorted(members, key=lambda i: -near(i))[allowed:]:
            label[i] = 0.0


def fold_text(text):
    return " ".join(words(text)).lower()


def labels_of_snippets(lines, record):
    """1 for lines that hold a wanted snippet, 0 for unwanted ones, NaN for the others."""
    label = np.full(len(lines), np.nan)
    folded = [fold_text(line) for line in lines]
    for key, value in (("without", 0.0), ("with", 1.0)):
        for snippet in record.get(key) or []:
            wanted = fold_text(snippet)
            for i, line in enumerate(folded):
                if wanted and wanted in line:
                    label[i] = value
    return label


class Corpus:
    """Rows, labels, weights, folds and pages of everything that was dumped."""

    def __init__(self, rows, gold, name):
        self.pages = [json.loads(line) for line in open(rows / "lines.jsonl", encoding="utf8")]
        count = sum(len(page["lines"]) for page in self.pages)
        self.x = np.fromfile(rows / name, dtype="<f4").reshape(count, -1)
        self.y, self.w = np.full(count, np.nan), np.zeros(count)
        self.fold, self.page_of = np.zeros(count, int), np.zeros(count, int)
        records, at = {}, 0
        for number, page in enumerate(self.pages):
            folder = pathlib.Path(page["folder"])
            name, kind = folder.parent.name, folder.name
            if name not in records:
                lines = open(gold / name / "gold.jsonl", encoding="utf8")
                records[name] = {r["id"]: r for r in map(json.loads, lines)}
            record = records[name].get(page["id"])
            here = slice(at, at + len(page["lines"]))
            at = here.stop
            page.update(set=name, kind=kind, here=here, record=record)
            if record is None:
                continue
            host = urllib.parse.urlparse(record.get("url") or page["id"]).netloc.removeprefix("www.")
            self.fold[here] = int(hashlib.md5(host.encode()).hexdigest(), 16) % FOLDS
            self.page_of[here] = number
            if "body" in record:
                self.y[here] = labels_of_body(page["lines"], record["body"])
            else:
                self.y[here] = labels_of_snippets(page["lines"], record)
            size = np.array([len(words(line)) for line in page["lines"]])
            whole = max(20, len(words(record["body"])) if "body" in record else 300)
            self.w[here] = (np.minimum(1, size / whole) * 20 + 0.02) * SET_WEIGHT[kind]
        self.known = ~np.isnan(self.y)
        self.thin_out()

    def thin_out(self):
        """Of the light lines of pages that are far from any story, a third is learned from."""
        heavy = np.where(self.known & (self.y > 0.5) & (self.w > 0.2))[0]
        at = np.searchsorted(heavy, np.arange(len(self.y)))
        last = heavy[np.clip(at - 1, 0, len(heavy) - 1)]
        following = heavy[np.clip(at, 0, len(heavy) - 1)]
        lines = np.arange(len(self.y))
        far = np.minimum(np.abs(lines - last), np.abs(following - lines)) > 25
        thin = far & (self.w < 0.3) & (lines % 3 != 0)
        self.w[far & (self.w < 0.3) & ~thin] *= 3
        self.known &= ~thin

    def train(self, mask, rounds, seed=0):
        mask = mask & self.known
        data = lgb.Dataset(self.x[mask], self.y[mask], weight=self.w[mask])
        return lgb.train({**PARAMS, "seed": PARAMS["seed"] + seed}, data, rounds)

    def out_of_fold(self, rounds, leave_out=None):
        p = np.zeros(len(self.y))
        for fold in range(FOLDS):
            mask = self.fold != fold
            model = self.train(mask if leave_out is None else mask & ~leave_out, rounds)
            p[~mask] = model.predict(self.x[~mask], num_threads=2)
        return p


def shingles(text):
    w = words(text)
    return collections.Counter(tuple(w[i:i + 4]) for i in range(max(1, len(w) - 3)) if w)


def figures(corpus, p, threshold=0.5):
    """Body F1 of the scrapinghub benchmark on each set, from the lines above `threshold`."""
    sums = collections.defaultdict(list)
    for page in corpus.pages:
        if not page["record"] or "body" not in page["record"]:
            continue
        own = p[page["here"]]
        kept = [line for line, q in zip(page["lines"], own) if q >= threshold]
        if not kept:
            kept = [page["lines"][int(np.argmax(own))]] if len(own) else []
        g, s = shingles(page["record"]["body"]), shingles("\n".join(kept))
        hit, ng, ns = sum((g & s).values()), sum(g.values()), sum(s.values())
        sums[page["set"] + "/" + page["kind"]].append((hit / ns if ns else None, hit / ng if ng else None))
    for name, pairs in sorted(sums.items()):
        precision = statistics.fmean(a for a, _ in pairs if a is not None)
        recall = statistics.fmean(b for _, b in pairs if b is not None)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"  {name:26} n {len(pairs):4}  F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=pathlib.Path)
    parser.add_argument("gold", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path(__file__).parents[1] / "schema/models")
    parser.add_argument("--rounds", type=int, default=130)
    o = parser.parse_args()
    corpus = Corpus(o.rows, o.gold, "rows.f32")
    print(corpus.x.shape, "known", int(corpus.known.sum()), flush=True)
    p = corpus.out_of_fold(o.rounds)
    p.astype("<f4").tofile(o.rows / "opinions.f32")
    for threshold in (0.5, 0.6):
        print("threshold", threshold)
        figures(corpus, p, threshold)
    o.models.mkdir(parents=True, exist_ok=True)
    model = corpus.train(np.ones(len(p), bool), o.rounds)
    gbm_format.write(model, o.models / "text-lines.gbm")


if __name__ == "__main__":
    main()
