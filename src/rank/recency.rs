//! A preference for what is new, where it is asked for.

/// A preference for later articles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recency {
    /// After so many seconds half of the preference is left.
    pub half_life_seconds: f64,
    /// The present, in seconds since 1970: the library has no clock.
    pub now_unix_seconds: i64,
}

impl Recency {
    /// From 1 for what was published now, halved with every half-life, to 0 for what has no date.
    /// What is dated in the future counts as new.
    pub fn share(&self, published: Option<i64>) -> f64 {
        let Some(published) = published else { return 0.0 };
        let age = self.now_unix_seconds.saturating_sub(published).max(0) as f64;
        (-age / self.half_life_seconds.max(1.0)).exp2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves() {
        let recency = Recency { half_life_seconds: 100.0, now_unix_seconds: 1_000 };
        assert_eq!(recency.share(Some(1_000)), 1.0);
        assert_eq!(recency.share(Some(2_000)), 1.0);
        assert_eq!(recency.share(Some(900)), 0.5);
        assert_eq!(recency.share(Some(800)), 0.25);
        assert_eq!(recency.share(None), 0.0);
        assert!(recency.share(Some(i64::MIN)) < 1e-9);
    }
}
