//! Conflict groups: rows that share, through any chain of keys, a value of a unique key.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// Disjoint sets of nodes, joined by and by.
#[derive(Debug, Default)]
pub(crate) struct Union {
    parents: Vec<u32>,
}

impl Union {
    /// Returns the number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.parents.len()
    }

    /// Adds a node that is alone.
    pub(crate) fn add(&mut self) -> u32 {
        let node = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        self.parents.push(node);
        node
    }

    /// Returns the node that stands for the set of `node`.
    pub(crate) fn find(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.parents[node as usize];
            if parent == node {
                return node;
            }
            let above = self.parents[parent as usize];
            self.parents[node as usize] = above;
            node = above;
        }
    }

    /// Joins two sets; the older node stands for both.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            self.parents[a.max(b) as usize] = a.min(b);
        }
    }

    /// Joins all sets to one.
    pub(crate) fn join_all(&mut self) {
        self.parents.fill(0);
    }
}

/// Gives each fingerprint a node.
#[derive(Debug)]
pub(crate) struct Nodes(HashMap<u128, u32, RandomState>);

impl Nodes {
    /// Returns an empty map with room for `rows` fingerprints.
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher(rows, RandomState::default()))
    }

    /// Returns the number of fingerprints.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the node of a fingerprint, a new one if it has none yet.
    pub(crate) fn of(&mut self, print: u128, union: &mut Union) -> u32 {
        *self.0.entry(print).or_insert_with(|| union.add())
    }

    /// Returns the number of a fingerprint, counted from 0 in the order of their coming.
    pub(crate) fn number(&mut self, print: u128) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(print).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_keys_join_and_strangers_do_not() {
        let mut union = Union::default();
        let mut nodes = Nodes::with_capacity(4);
        let of: Vec<u32> = [7, 8, 9, 7, 10].iter().map(|print| nodes.of(*print, &mut union)).collect();
        union.join(of[0], of[1]);
        union.join(of[3], of[2]);
        assert_eq!(union.find(of[1]), union.find(of[2]));
        assert_ne!(union.find(of[1]), union.find(of[4]));
        union.join_all();
        assert_eq!(union.find(of[1]), union.find(of[4]));
    }
}
