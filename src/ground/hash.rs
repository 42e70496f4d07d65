//! Content hashes (SHA-256) and the streams of chance that are derived from them.
//! All chance in a run comes from here, by name, so that one added draw never shifts another.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes`, as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A random stream that depends on the seed and the names, and on nothing else.
pub fn stream(seed: u64, names: &[&str]) -> ChaCha8Rng {
    let mut h = Sha256::new();
    h.update(seed.to_le_bytes());
    for n in names {
        h.update((n.len() as u64).to_le_bytes());
        h.update(n.as_bytes());
    }
    ChaCha8Rng::from_seed(h.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_differ_by_every_name() {
        let mut firsts: Vec<u64> = [&["a", "bc"][..], &["ab", "c"], &["a"], &[]]
            .iter()
            .map(|n| stream(1, n).next_u64())
            .collect();
        firsts.push(stream(2, &["a"]).next_u64());
        firsts.sort();
        firsts.dedup();
        assert_eq!(firsts.len(), 5);
    }

    #[test]
    fn hash_of_nothing_is_the_published_one() {
        assert!(sha256_hex(b"").starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
    }
}
