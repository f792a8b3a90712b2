//! Numbers and strings written one after the other: seven bits a byte, low ones first, negative
//! numbers folded between the positive ones. Knows nothing of what they mean.

use crate::article::Span;

/// What is written.
#[derive(Debug, Default)]
pub(super) struct Packer<'a> {
    pub(super) numbers: Vec<u8>,
    pub(super) strings: Vec<&'a str>,
}

impl<'a> Packer<'a> {
    pub(super) fn string(&mut self, string: &'a str) {
        self.strings.push(string);
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.numbers.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.numbers.push(number as u8);
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// The way from one place to another.
    pub(super) fn distance(&mut self, from: usize, to: usize) {
        self.signed((to as i64).wrapping_sub(from as i64));
    }

    /// A span by the way to it from `from`, and its length.
    pub(super) fn span(&mut self, from: usize, span: Span) {
        self.distance(from, span.start);
        self.number(span.end.saturating_sub(span.start) as u64);
    }
}

/// Reads what a [`Packer`] wrote; every reading gives none where there is nothing left.
#[derive(Debug)]
pub(super) struct Unpacker<'a> {
    numbers: &'a [u8],
    strings: std::slice::Iter<'a, &'a str>,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(numbers: &'a [u8], strings: &'a [&'a str]) -> Self {
        Self { numbers, strings: strings.iter() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.strings.as_slice().is_empty()
    }

    pub(super) fn string(&mut self) -> Option<&'a str> {
        self.strings.next().copied()
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.numbers.split_first()?;
            self.numbers = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// How many things follow; each takes a byte at least, so that no damaged number asks for memory.
    pub(super) fn count(&mut self) -> Option<usize> {
        self.size().filter(|count| *count <= self.numbers.len())
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The place that lies as far from `from` as the next number says.
    pub(super) fn place(&mut self, from: usize) -> Option<usize> {
        let way = isize::try_from(self.signed()?).ok()?;
        from.checked_add_signed(way)
    }

    pub(super) fn span(&mut self, from: usize) -> Option<Span> {
        let start = self.place(from)?;
        Some(Span::new(start, start.checked_add(self.size()?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_come_back() {
        let mut packer = Packer::default();
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        numbers.iter().for_each(|&number| packer.number(number));
        let signed = [0, -1, 1, -64, 64, i64::MIN, i64::MAX];
        signed.iter().for_each(|&number| packer.signed(number));
        packer.span(90, Span::new(12, 400));
        let mut unpacker = Unpacker::new(&packer.numbers, &packer.strings);
        assert!(numbers.iter().all(|&number| unpacker.number() == Some(number)));
        assert!(signed.iter().all(|&number| unpacker.signed() == Some(number)));
        assert_eq!(unpacker.span(90), Some(Span::new(12, 400)));
        assert!(unpacker.is_empty());
        assert_eq!(unpacker.number(), None);
    }

    #[test]
    fn a_number_without_end_is_none() {
        assert_eq!(Unpacker::new(&[0xff; 40], &[]).number(), None);
        assert_eq!(Unpacker::new(&[9, 1], &[]).count(), None);
    }
}
