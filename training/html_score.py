"""How well kept blocks render the stories: body F1 over four-word runs, and snippets.

The body's figure is that of the scrapinghub article-extraction-benchmark: the mean precision over
pages with any answer, the mean recall over pages with any story, and their harmonic mean.
"""
import collections
import re
import statistics

import numpy as np

INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
# The threshold of a page is the one of best expected F1 among these (as in `select.rs`).
THRESHOLDS = [0.1 + 0.025 * step for step in range(21)]
# Longer blocks that repeat an earlier one are left out.
REPEAT_CHARS = 60
# A block of so many words is left out where this share of its runs stands in others.
DIGEST_WORDS = 400
DIGEST_SHARE = 0.8


def words(text):
    return re.findall(r"\w+", (text or "").translate(INVISIBLE))


def runs(tokens, length=4):
    count = max(1, len(tokens) - length + 1) if tokens else 0
    return collections.Counter(tuple(tokens[i:i + length]) for i in range(count))


def select(block_words, probabilities):
    """Which blocks to keep."""
    if len(probabilities) == 0:
        return np.zeros(0, bool)
    expected = block_words * probabilities
    highest = probabilities.max()
    thresholds = THRESHOLDS if highest >= THRESHOLDS[0] else [highest * step / 10 for step in range(2, 11)]
    best, threshold = -1.0, 0.5
    for candidate in thresholds:
        kept = probabilities >= candidate
        f1 = 2 * expected[kept].sum() / max(1e-9, block_words[kept].sum() + expected.sum())
        if f1 > best + 1e-6:
            best, threshold = f1, candidate
    kept = probabilities >= threshold
    return kept if kept.any() else probabilities >= highest


def body_of(page, kept):
    seen, texts = set(), []
    for index in np.flatnonzero(kept):
        text = page.texts[index]
        if len(text) > REPEAT_CHARS:
            if text in seen:
                continue
            seen.add(text)
        texts.append(text)
    return without_digest(texts)


def without_digest(texts):
    """Without the first long text, if it holds again what stands in the others."""
    first = next((i for i, text in enumerate(texts) if len(words(text)) >= DIGEST_WORDS), None)
    if first is None:
        return texts
    rest = texts[:first] + texts[first + 1:]
    known = set().union(*(runs(words(text)) for text in rest)) if rest else set()
    own = runs(words(texts[first]))
    share = sum(count for run, count in own.items() if run in known) / sum(own.values())
    return rest if share >= DIGEST_SHARE else texts


def precision_and_recall(story, answer):
    shared = sum((story & answer).values())
    given, wanted = sum(answer.values()), sum(story.values())
    return (shared / given if given else None), (shared / wanted if wanted else None)


def score(pages, kept):
    """Figures by set."""
    pairs, snippets = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0, 0])
    for page, mask in zip(pages, kept):
        texts = body_of(page, mask)
        if page.gold.get("body"):
            answer = runs([word for text in texts for word in words(text)])
            pairs[page.dataset].append(precision_and_recall(runs(words(page.gold["body"])), answer))
        if page.gold.get("with"):
            text = " ".join(" ".join(texts).split())
            found = sum(" ".join(snippet.split()) in text for snippet in page.gold["with"])
            wrong = sum(" ".join(snippet.split()) in text for snippet in page.gold.get("without", []))
            counts = snippets[page.dataset]
            for slot, value in enumerate((found, len(page.gold["with"]) - found, wrong)):
                counts[slot] += value
    figures = {}
    for name, found in pairs.items():
        precision = statistics.fmean(p for p, _ in found if p is not None)
        recall = statistics.fmean(r for _, r in found if r is not None)
        figures[name] = round(2 * precision * recall / (precision + recall), 4)
    for name, (hit, missed, wrong) in snippets.items():
        figures[f"{name} snippets"] = round(2 * hit / (2 * hit + missed + wrong), 4)
    return figures
