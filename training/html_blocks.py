"""Trains the body model: which leaf blocks of a page are the story.

    html_blocks.py --data DATA --work WORK --dump PROGRAM --out schema/models

DATA holds sets of pages: SET/html/*.html and SET/gold.jsonl, a line {"id", "url", "body"} a page, or
{"id", "url", "with": [..], "without": [..]} where only snippets of the story and of the rest are
known. PROGRAM is the built example `dump_html_blocks`, which computes the features of both stages.

Deterministic: pages in sorted order, fixed seeds, one thread. Folds are by host, so that the figures
printed, and the first stage's opinion that the second one learns from, are of unseen sites.
"""
import argparse
import json
import pathlib
import re
import subprocess
import zlib

import lightgbm
import numpy as np

import gbm_format
from html_labels import gold_labels, snippet_labels
from html_score import score, select, words

FOLDS = 5
# Of the easy negatives (short blocks outside the story) one in four is kept, at four times its weight.
EASY_SHARE = 0.25
EASY_WORDS = 8
# Weight of a block as long as its page's story; others weigh by the root of their share, so that the
# short blocks around a long story count, too.
BLOCK_WEIGHT = 6.0
# Weight of a block that a snippet settles.
SNIPPET_WEIGHT = 2.0
STAGES = {
    "first": dict(trees=150, num_leaves=31, learning_rate=0.08, seeds=(7,)),
    "second": dict(trees=120, num_leaves=31, learning_rate=0.08, seeds=(7,)),
}


class Page:
    """One page: its blocks, what is known of them, and its rows in the dumps."""

    def __init__(self, dataset, dumped, gold, start):
        self.dataset, self.id, self.gold = dataset, dumped["id"], gold
        self.texts = [block["text"] for block in dumped["blocks"]]
        self.block_words = np.array([block["words"] for block in dumped["blocks"]], dtype=np.float32)
        self.rows = slice(start, start + len(self.texts))
        self.fold = zlib.crc32((site_of(gold.get("url", "")) or self.id).encode()) % FOLDS
        self.labels, self.weights = self.known()

    def known(self):
        """Soft labels and weights; a weight of 0 where nothing is known."""
        if self.gold.get("body"):
            story = words(self.gold["body"])
            share = np.minimum(1, self.block_words / max(20, len(story)))
            return gold_labels(self.texts, story), np.sqrt(share) * BLOCK_WEIGHT + 0.02
        if self.gold.get("with"):
            labels = snippet_labels(self.texts, self.gold["with"], self.gold.get("without", []))
            return np.maximum(labels, 0), np.where(labels >= 0, SNIPPET_WEIGHT, 0)
        return np.zeros(len(self.texts)), np.zeros(len(self.texts))

    def sampled(self):
        """Rows to train on, and their weights."""
        draw = np.random.RandomState(zlib.crc32(self.id.encode())).rand(len(self.texts))
        easy = (self.block_words < EASY_WORDS) & (self.labels == 0) & (self.weights != SNIPPET_WEIGHT)
        weights = np.where(easy, self.weights / EASY_SHARE, self.weights)
        return (weights > 0) & (~easy | (draw < EASY_SHARE)), weights


def site_of(url):
    """The registrable domain, roughly."""
    host = re.sub(r"^https?://(www\d?\.)?", "", url or "").split("/")[0].lower().split(":")[0]
    parts = host.split(".")
    if len(parts) > 2:
        short = len(parts[-2]) <= 3 and len(parts[-1]) == 2
        parts = parts[-3:] if short else parts[-2:]
    return ".".join(parts)


class Training:
    """All pages of all sets, in one order for both stages."""

    def __init__(self, options):
        self.options = options
        self.sets = sorted(path.parent for path in pathlib.Path(options.data).glob("*/html"))
        self.pages = []

    def dump(self, name, probabilities=None):
        """The features of a stage, from the dumping program."""
        values, start = [], 0
        for folder in self.sets:
            out = pathlib.Path(self.options.work) / f"{name}-{folder.name}"
            command = [self.options.dump, folder / "html", out]
            if probabilities is not None:
                rows = sum(len(page.texts) for page in self.pages if page.dataset == folder.name)
                first = out.with_suffix(".first")
                probabilities[start:start + rows].astype("<f4").tofile(first)
                command.append(first)
                start += rows
            subprocess.run(command, check=True)
            names = out.with_suffix(".names").read_text().split("\n")
            values.append(np.fromfile(out.with_suffix(".f32"), dtype="<f4").reshape(-1, len(names)))
            if probabilities is None:
                self.read(folder, out.with_suffix(".jsonl"))
        return np.concatenate(values), names

    def read(self, folder, blocks):
        gold = {}
        for line in open(folder / "gold.jsonl", encoding="utf8"):
            record = json.loads(line)
            gold[record["id"]] = record
        start = self.pages[-1].rows.stop if self.pages else 0
        for line in open(blocks, encoding="utf8"):
            dumped = json.loads(line)
            page = Page(folder.name, dumped, gold.get(dumped["id"], {}), start)
            start = page.rows.stop
            self.pages.append(page)

    def learn(self, features, stage, fold=None):
        """The boosters of a stage, one a seed, from all pages or from all but those of a fold."""
        settings = dict(STAGES[stage])
        trees, seeds = settings.pop("trees"), settings.pop("seeds")
        rows, labels, weights = [], [], []
        for page in self.pages:
            if page.fold != fold:
                use, weight = page.sampled()
                rows.append(features[page.rows][use])
                labels.append(page.labels[use])
                weights.append(weight[use])
        data = lightgbm.Dataset(
            np.concatenate(rows), np.concatenate(labels), weight=np.concatenate(weights),
            params=dict(max_bin=63, verbosity=-1), free_raw_data=False,
        )
        common = dict(
            objective="cross_entropy", feature_fraction=0.4, bagging_fraction=0.8, bagging_freq=1,
            min_data_in_leaf=40, lambda_l2=5, max_bin=63, verbosity=-1, num_threads=1,
            deterministic=True, force_row_wise=True,
        )
        return [lightgbm.train({**common, **settings, "seed": seed}, data, trees) for seed in seeds]

    def out_of_fold(self, features, stage):
        """The probability of every block under a model that has not seen its site."""
        probabilities = np.zeros(len(features))
        for fold in range(FOLDS):
            boosters = self.learn(features, stage, fold)
            for page in self.pages:
                if page.fold == fold and page.texts:
                    rows = features[page.rows]
                    probabilities[page.rows] = np.mean([b.predict(rows, num_threads=1) for b in boosters], 0)
        return probabilities

    def report(self, stage, probabilities):
        kept = [select(page.block_words, probabilities[page.rows]) for page in self.pages]
        print(stage, json.dumps(score(self.pages, kept)), flush=True)

    def write(self, features, stage):
        """Trains on all pages and writes the model; the trees of several seeds are averaged."""
        boosters = self.learn(features, stage)
        path = pathlib.Path(self.options.out) / f"html-blocks-{stage}.gbm"
        path.write_bytes(gbm_format.mean_to_bytes(boosters))
        print(path.name, path.stat().st_size, "bytes", flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("data", "work", "dump", "out"):
        parser.add_argument(f"--{name}", required=True)
    training = Training(parser.parse_args())
    features, _ = training.dump("first")
    first = training.out_of_fold(features, "first")
    training.report("first", first)
    training.write(features, "first")
    features, _ = training.dump("second", first)
    second = training.out_of_fold(features, "second")
    training.report("second", second)
    training.report("mean", (first + second) / 2)
    training.write(features, "second")


if __name__ == "__main__":
    main()
