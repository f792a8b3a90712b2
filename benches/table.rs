//! The table of `docs/benchmarks.md`: indexing, updating and asking, beside bare tantivy over the
//! same files. Works where `/proc` tells what a process has used.
//!
//! ```text
//! cargo bench --bench table -- [--articles N] [--corpus FOLDER]
//! ```
//! Without a folder it makes a corpus of N articles (10,000): sentences of the sample corpus in new
//! order, one name in three replaced by a made-up one, so that the vocabulary grows as that of news.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tantivy::schema::{IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexWriter, TantivyDocument};

const NEWSIDX: &str = env!("CARGO_BIN_EXE_newsidx");
/// Bytes of an indexing buffer of bare tantivy.
const RAW_HEAP_BYTES: usize = 200_000_000;
/// Files whose words the queries are made of.
const QUERY_FILES: usize = 2_000;
/// Queries of a class, and how often each is asked by a new process.
const QUERIES: usize = 5;
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [mode, corpus, index] = &arguments[..]
        && mode == "raw"
    {
        return raw_index(Path::new(corpus), Path::new(index));
    }
    let value = |name: &str| arguments.iter().skip_while(|given| *given != name).nth(1);
    let scratch = std::env::temp_dir().join(format!("newsidx-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let corpus = match value("--corpus") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let articles = value("--articles").map_or(Ok(10_000), |n| n.parse())?;
            make_corpus(&scratch.join("corpus"), articles)?
        }
    };
    let result = table(&corpus, &scratch);
    fs::remove_dir_all(&scratch)?;
    result
}

fn table(corpus: &Path, scratch: &Path) -> Result<()> {
    let files = files_of(corpus)?;
    ensure!(!files.is_empty(), "no files in {}", corpus.display());
    let text_bytes: u64 = files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    let (raw, ours) = (scratch.join("raw"), scratch.join("index"));
    let bench = std::env::current_exe()?;
    let bare = measure(Command::new(bench).arg("raw").arg(corpus).arg(&raw))?;
    let index = || {
        let mut command = Command::new(NEWSIDX);
        command.args(["--no-config", "--index"]).arg(&ours).arg("index").arg(corpus);
        command
    };
    let full = measure(&mut index())?;
    let unchanged = measure(&mut index())?;
    let (raw_bytes, our_bytes) = (bytes_in(&raw)?, bytes_in(&ours)?);
    println!("{} files, {:.1} MB of text\n", files.len(), text_bytes as f64 / 1e6);
    println!("| | bare tantivy | newsidx | ratio |\n|---|---|---|---|");
    let row = |name: &str, a: f64, b: f64| println!("| {name} | {a:.2} | {b:.2} | {:.2} |", b / a);
    row("CPU, s", bare.cpu, full.cpu);
    row("wall, s", bare.wall, full.wall);
    row("index / text", raw_bytes as f64 / text_bytes as f64, our_bytes as f64 / text_bytes as f64);
    row("peak memory, MB", bare.peak_mb, full.peak_mb);
    let millis = 1e3 / files.len() as f64;
    row("CPU an article, ms", bare.cpu * millis, full.cpu * millis);
    println!("| nothing changed, wall s | | {:.2} | |", unchanged.wall);
    for (class, queries) in queries_of(&files)? {
        let mut millis = Vec::new();
        for query in queries.iter().flat_map(|query| std::iter::repeat_n(query, ROUNDS)) {
            let mut command = Command::new(NEWSIDX);
            command.args(["--no-config", "--index"]).arg(&ours).args(["search", "--ok-empty", query]);
            let begun = Instant::now();
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            ensure!(status.success(), "`{query}` fails");
            millis.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        millis.sort_by(f64::total_cmp);
        println!("| cold query, {class}, median ms | | {:.1} | |", millis[millis.len() / 2]);
    }
    Ok(())
}

/// What a process used.
struct Used {
    wall: f64,
    cpu: f64,
    peak_mb: f64,
}

/// Runs `command` to its end, watching what it uses: a process that has ended and is not yet waited
/// for still tells its processor time.
fn measure(command: &mut Command) -> Result<Used> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let folder = PathBuf::from(format!("/proc/{}", child.id()));
    let mut peak_mb = 0.0_f64;
    let (wall, cpu) = loop {
        let stat = fs::read_to_string(folder.join("stat")).context("no /proc")?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        if fields.first() == Some(&"Z") {
            let ticks = |n: usize| fields.get(n).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
            break (begun.elapsed().as_secs_f64(), (ticks(11) + ticks(12)) / 100.0);
        }
        let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak_mb = peak_mb.max(kilobytes.unwrap_or(0.0) / 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    };
    let status = child.wait()?;
    ensure!(status.success(), "a measured program failed: {status}");
    Ok(Used { wall, cpu, peak_mb })
}

/// The ceiling: what tantivy does with the same files, without any tool around it.
fn raw_index(corpus: &Path, folder: &Path) -> Result<()> {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_stored().set_indexing_options(indexing);
    let path = builder.add_text_field("path", STRING | STORED);
    let title = builder.add_text_field("title", text.clone());
    let body = builder.add_text_field("body", text);
    fs::create_dir_all(folder)?;
    let index = Index::create_in_dir(folder, builder.build())?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, RAW_HEAP_BYTES)?;
    for file in files_of(corpus)? {
        let text = fs::read_to_string(&file)?;
        let (head, rest) = text.split_once("\n\n").unwrap_or(("", &text));
        let mut document = TantivyDocument::new();
        document.add_text(path, file.to_string_lossy());
        document.add_text(title, head);
        document.add_text(body, rest);
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

/// All files below `folder`, in the order of their paths.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn bytes_in(folder: &Path) -> Result<u64> {
    Ok(files_of(folder)?.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum())
}

/// Queries by class, made of the words of the first files.
fn queries_of(files: &[PathBuf]) -> Result<BTreeMap<&'static str, Vec<String>>> {
    let texts: Vec<String> =
        files.iter().take(QUERY_FILES).map(|file| Ok(fs::read_to_string(file)?)).collect::<Result<_>>()?;
    let words = |text: &str| -> Vec<String> {
        let long = |word: &&str| word.len() > 3;
        text.split(|c: char| !c.is_alphabetic()).filter(long).map(str::to_lowercase).collect()
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for text in &texts {
        for word in words(text).into_iter().collect::<BTreeSet<_>>() {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut classes: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for text in texts.iter().step_by((texts.len() / QUERIES).max(1)).take(QUERIES) {
        let words = words(text);
        let mut by_count: Vec<&String> = words.iter().collect::<BTreeSet<_>>().into_iter().collect();
        by_count.sort_by_key(|word| counts.get(*word));
        let (Some(rare), count) = (by_count.first(), by_count.len()) else { continue };
        let at = |share: usize| by_count[(count * share / 100).min(count - 1)];
        let mut add = |class, query: String| classes.entry(class).or_default().push(query);
        add("one rare word", (*rare).clone());
        add("two words", format!("{} {}", at(50), at(70)));
        add("one of four", format!("{} OR {} OR {} OR {}", at(20), at(40), at(60), at(80)));
        if let [first, second, ..] = &words[words.len() / 2..] {
            add("phrase", format!("\"{first} {second}\""));
        }
        add("headline", format!("headline:{}", words[0]));
    }
    Ok(classes)
}

/// A counter that looks random; the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 31).wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((mixed ^ mixed >> 32) % limit.max(1) as u64) as usize
    }
}

fn made_up_name(number: usize) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "den", "kor", "li", "mar", "no", "pel", "ras", "sin", "tor", "ul", "ver", "wen", "zan", "gor",
        "hal", "fi", "jo", "kes", "lun", "mi", "nar", "os", "pri",
    ];
    let mut random = Random(number as u64);
    let length = 2 + random.below(3);
    let name: String = (0..length).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect();
    name[..1].to_uppercase() + &name[1..]
}

/// Writes `count` articles below `folder`, a thousand to a folder.
fn make_corpus(folder: &Path, count: usize) -> Result<PathBuf> {
    let mut sentences = Vec::new();
    for file in files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-corpus"))? {
        let is_text = file.extension().is_some_and(|extension| extension == "txt" || extension == "md");
        let Some(text) = fs::read_to_string(&file).ok().filter(|_| is_text) else { continue };
        let long = |sentence: &&str| (40..400).contains(&sentence.len()) && sentence.is_ascii();
        sentences.extend(text.split_inclusive(". ").flat_map(str::lines).filter(long).map(str::to_owned));
    }
    if sentences.len() < 20 {
        bail!("the sample corpus has too few sentences");
    }
    for number in 0..count {
        let mut random = Random(number as u64 * 7919);
        let length = 4 + random.below(12) + random.below(12);
        let mut text = String::new();
        for _ in 0..length {
            for word in sentences[random.below(sentences.len())].split_inclusive(' ') {
                if word.starts_with(char::is_uppercase) && random.below(3) == 0 {
                    // The square of a chance: few names are frequent, and ever new ones come.
                    let names = 200 + number;
                    let name = made_up_name(random.below(names) * random.below(names) / names);
                    text.push_str(&name);
                    text.push(' ');
                } else {
                    text.push_str(word);
                }
            }
            text.push(' ');
        }
        let headline: Vec<&str> = text.split(' ').take(8).collect();
        let path = folder.join(format!("{:03}", number / 1000)).join(format!("{number:07}.txt"));
        if number % 1000 == 0 {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
        }
        let headline = headline.join(" ");
        fs::write(path, format!("{}\n\n{}\n", headline.trim_end_matches(['.', ',']), text.trim_end()))?;
    }
    Ok(folder.to_owned())
}
