//! What arranging the list has done to a hit, in words: its group, its copies, its turn.

use crate::search::{FoldedCopy, Hit};

/// Outlets of copies named in a line; how many more there are is said.
const NAMED_COPIES: usize = 6;

/// The heading of the group that `hit` is the first of, where it is.
pub fn group_heading(hit: &Hit, last: Option<usize>) -> Option<String> {
    let group = hit.standing.group.as_ref().filter(|group| last != Some(group.number))?;
    let outlet = match group.field {
        "publisher" => hit.article.publisher.as_ref(),
        "host" => hit.article.host.as_ref(),
        _ => None,
    };
    let name = outlet.map(|outlet| outlet.name.as_str()).or(group.value.as_deref());
    let name = name.map_or_else(|| format!("without {}", group.field), str::to_owned);
    Some(format!("{name} ({})", group.hits))
}

/// What stands behind a hit and why it stands where it does; nothing to say of most.
pub(super) fn arranged_lines(hit: &Hit) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(copies) = hit.standing.copies.as_deref().filter(|copies| !copies.is_empty()) {
        let plural = if copies.len() == 1 { "copy" } else { "copies" };
        lines.push(format!("+{} {plural}: {}", copies.len(), outlets_of(copies)));
    }
    if let Some(turn) = hit.standing.turn {
        let plural = if turn.earlier == 1 { "" } else { "s" };
        lines.push(format!("behind {} better hit{plural} of the same outlet", turn.earlier));
    }
    lines
}

/// Where copies appeared, each place once with how often.
fn outlets_of(copies: &[FoldedCopy]) -> String {
    let mut places: Vec<(&str, usize)> = Vec::new();
    for copy in copies {
        let outlet = copy.host.as_ref().or(copy.publisher.as_ref());
        let name = outlet.map_or(copy.location.path.as_str(), |outlet| outlet.name.as_str());
        match places.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => places.push((name, 1)),
        }
    }
    let named = places.iter().take(NAMED_COPIES).map(|(name, count)| match count {
        1 => (*name).to_owned(),
        count => format!("{name} ×{count}"),
    });
    let named: Vec<String> = named.collect();
    match places.len().saturating_sub(NAMED_COPIES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
