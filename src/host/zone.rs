//! Time zone data (the TZif format of RFC 8536): seconds east of UTC at a moment. Times after
//! the last listed change follow the rule in the file's footer; of such rules the standard
//! offset is used.

/// The offsets of one zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// From this second on, this offset; in order of time.
    changes: Vec<(i64, i64)>,
    /// The offset before the first change.
    first: i64,
    /// The offset after the last change, when the footer says so.
    last: Option<i64>,
}

impl Zone {
    /// Reads a TZif file; UTC when it is none.
    pub fn parse(data: &[u8]) -> Zone {
        Zone::parse_file(data).unwrap_or_default()
    }

    /// From a rule such as `CET-1CEST`: the standard offset.
    pub fn from_rule(rule: &str) -> Zone {
        let offset = rule_offset(rule).unwrap_or(0);
        Zone { changes: Vec::new(), first: offset, last: None }
    }

    /// Seconds east of UTC at `time`.
    pub fn offset(&self, time: i64) -> i64 {
        let after = self.changes.partition_point(|&(start, _)| start <= time);
        if after == 0 {
            return self.first;
        }
        match self.last {
            Some(last) if after == self.changes.len() => last,
            _ => self.changes[after - 1].1,
        }
    }

    fn parse_file(data: &[u8]) -> Option<Zone> {
        let first = Block::read(data, 0, 4)?;
        // Version 1 has 32-bit times only; later versions repeat everything with 64 bits.
        let block = if data.get(4)? >= &b'2' { Block::read(data, first.end, 8)? } else { first };
        let mut zone = Zone { first: block.offsets.first().copied()?, ..Zone::default() };
        for (time, index) in block.times.iter().zip(&block.indices) {
            zone.changes.push((*time, *block.offsets.get(*index as usize)?));
        }
        let footer = std::str::from_utf8(data.get(block.end..)?).ok()?.trim_matches('\n');
        // A rule with daylight saving time has more than a name and an offset; the listed
        // changes are the better answer then.
        if !footer.contains(',') {
            zone.last = rule_offset(footer);
        }
        Some(zone)
    }
}

/// One data block of the file.
struct Block {
    times: Vec<i64>,
    indices: Vec<u8>,
    offsets: Vec<i64>,
    end: usize,
}

impl Block {
    fn read(data: &[u8], start: usize, width: usize) -> Option<Block> {
        let header = data.get(start..start + 44)?;
        if !header.starts_with(b"TZif") {
            return None;
        }
        let count = |n: usize| big_endian(&header[20 + 4 * n..24 + 4 * n]) as usize;
        let (utc, standard, leap, times, types, names) =
            (count(0), count(1), count(2), count(3), count(4), count(5));
        let times_at = start + 44;
        let indices_at = times_at + times * width;
        let types_at = indices_at + times;
        let end = types_at + types * 6 + names + leap * (width + 4) + standard + utc;
        Some(Block {
            times: data.get(times_at..indices_at)?.chunks(width).map(big_endian).collect(),
            indices: data.get(indices_at..types_at)?.to_vec(),
            offsets: data
                .get(types_at..types_at + types * 6)?
                .chunks(6)
                .map(|entry| big_endian(&entry[..4]))
                .collect(),
            end,
        })
    }
}

/// A signed number, most significant byte first.
fn big_endian(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|&b| b & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes.iter().fold(start, |n, &b| (n << 8) | i64::from(b))
}

/// The standard offset of a POSIX rule, whose sign counts west.
fn rule_offset(rule: &str) -> Option<i64> {
    let rest = match rule.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?.1,
        None => rule.trim_start_matches(|c: char| c.is_ascii_alphabetic()),
    };
    let (sign, rest) = match rest.strip_prefix('-') {
        Some(rest) => (1, rest),
        None => (-1, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    let mut parts = digits.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next().map_or(Some(0), |p| p.parse().ok())?;
    let seconds: i64 = parts.next().map_or(Some(0), |p| p.parse().ok())?;
    Some(sign * (hours * 3600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_count_west_as_positive() {
        assert_eq!(Zone::from_rule("KST-9").offset(0), 9 * 3600);
        assert_eq!(Zone::from_rule("<-0330>3:30").offset(0), -(3 * 3600 + 1800));
        assert_eq!(Zone::from_rule("nonsense").offset(0), 0);
    }

    #[test]
    fn what_is_no_zone_file_is_utc() {
        assert_eq!(Zone::parse(b"hello"), Zone::default());
    }
}
