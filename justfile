# The project's habits, a recipe each. `just` lists them.

_default:
    @just --list --unsorted

# formatting, lints and documentation, as strict as they get
check:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# every test
test *ARGS:
    cargo test --locked {{ARGS}}

# fail the disk at every operation, kill the indexer at random moments, and compare what is left with an undisturbed run
torture KILLS="200":
    cargo test --locked --lib index::faults -- --ignored
    NEWSIDX_KILLS={{KILLS}} cargo test --locked --test suite torture -- --ignored --nocapture

# index the sample corpus in a throw-away place and ask it a question
corpus QUERY="Kharkiv offensive":
    cargo build --locked
    dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT && cargo run -q --locked -- --index "$dir/index" index sample-corpus && cargo run -q --locked -- --index "$dir/index" search "{{QUERY}}"

# speed and size beside bare tantivy: `just bench`, `just bench --articles 100000`, `just bench --corpus FOLDER`
bench *ARGS:
    cargo bench --locked --bench table -- {{ARGS}}

# what each stage costs, in bytes a second
stages *ARGS:
    cargo bench --locked --bench stages -- {{ARGS}}

# licences and advisories of the dependencies
deny:
    cargo deny check
