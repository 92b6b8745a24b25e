//! Lets a plugin look at settings that have mistakes of shape too, so that one mistake does not hide the others.

use super::node::{Entry, Node, Value};
use super::path::{Path, Segment};
use super::problem::Problem;

/// Leaving out one mistake may bring up another; more rounds than this are not worth it.
pub(super) const ROUNDS_MAX: usize = 4;

/// Returns the tree without the values at `bad` places; nothing where that is all of it.
pub(super) fn without(root: &Node, bad: &[Path]) -> Option<Node> {
    (!bad.contains(&Path::root())).then(|| rest(root, &Path::root(), bad))
}

fn rest(node: &Node, place: &Path, bad: &[Path]) -> Node {
    let value = match &node.value {
        Value::Sequence(items) => {
            let items = items.iter().enumerate().map(|(index, item)| (place.join(index), item));
            let good = items.filter(|(place, _)| !bad.contains(place));
            Value::Sequence(good.map(|(place, item)| rest(item, &place, bad)).collect())
        }
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|entry| (place.join(&entry.key), entry));
            let good = entries.filter(|(place, _)| !bad.contains(place));
            let good =
                good.map(|(place, entry)| Entry { value: rest(&entry.value, &place, bad), ..entry.clone() });
            Value::Mapping(good.collect())
        }
        single => single.clone(),
    };
    Node { value, span: node.span }
}

/// Returns the place in the whole tree of what stands at `path` in the tree without the `bad` places.
pub(super) fn whole(path: &Path, bad: &[Path]) -> Path {
    path.segments().iter().fold(Path::root(), |place, segment| match segment {
        Segment::Key(_) => place.join(segment.clone()),
        Segment::Index(index) => {
            let good = (0..).filter(|index| !bad.contains(&place.join(*index)));
            let original = good.into_iter().nth(*index).unwrap_or(*index);
            place.join(original)
        }
    })
}

/// Returns whether the problem may only be there because a part of its value was left out.
pub(super) fn may_be_a_consequence(problem: &Problem, bad: &[Path]) -> bool {
    bad.iter().any(|bad| bad.segments().starts_with(problem.path.segments()))
}
