//! `strftime` as the C library of GNU does it: between `%` and the letter may stand flags
//! (`-` no padding, `_` blanks, `0` zeros, `^` capitals, `#` the other case), a width, and `E`
//! or `O`, which ask for the numbers of a locale that has its own.

use super::{Calendar, DAYS, MONTH_NAMES, name_of};

/// How one field is to be written.
#[derive(Default, Clone, Copy)]
struct Field {
    /// `-`, `_` or `0`, whichever came last.
    pad: Option<char>,
    upper: bool,
    change: bool,
    lower: bool,
    width: usize,
}

/// The longest text that CPython makes room for: what does not fit is no text at all.
fn room(format: &str) -> usize {
    let least = format.chars().count().saturating_mul(256);
    let mut room = 1024_usize;
    while room < least {
        room = room.saturating_mul(2);
    }
    room
}

/// `epoch` is the same time in seconds since 1970.
pub(super) fn format_time(format: &str, c: &Calendar, epoch: i64) -> String {
    let mut out = Out { text: String::new(), room: room(format), full: false, epoch };
    out.run(format, c);
    if out.full { String::new() } else { out.text }
}

struct Out {
    text: String,
    /// Characters that may still come, plus one.
    room: usize,
    full: bool,
    epoch: i64,
}

impl Out {
    fn take(&mut self, count: usize) -> bool {
        if count >= self.room {
            self.full = true;
            return false;
        }
        self.room -= count;
        true
    }

    fn fill(&mut self, with: char, count: usize) {
        if self.take(count) {
            self.text.extend(std::iter::repeat_n(with, count));
        }
    }

    /// A piece of text, padded on the left.
    fn put(&mut self, piece: &str, field: Field) {
        let count = piece.chars().count();
        self.fill(if field.pad == Some('0') { '0' } else { ' ' }, field.width.saturating_sub(count));
        if self.take(count) {
            if field.lower {
                self.text.push_str(&piece.to_lowercase());
            } else if field.upper {
                self.text.push_str(&piece.to_uppercase());
            } else {
                self.text.push_str(piece);
            }
        }
    }

    /// A number of at least so many digits.
    fn number(&mut self, digits: usize, n: i64, field: Field) {
        self.digits(digits.max(field.width), n, field);
    }

    fn digits(&mut self, digits: usize, n: i64, mut field: Field) {
        let mut text = n.to_string();
        let missing = digits.saturating_sub(text.len());
        match field.pad {
            Some('-') => {}
            Some('_') => {
                self.fill(' ', missing);
                field.width = field.width.saturating_sub(missing);
            }
            _ if self.room > digits => {
                let at = usize::from(n < 0);
                text.insert_str(at, &"0".repeat(missing));
            }
            _ => self.full = true,
        }
        self.put(&text, field);
    }

    /// A number with blanks before it, unless the flags say otherwise.
    fn blank_number(&mut self, n: i64, mut field: Field) {
        if !matches!(field.pad, Some('0' | '-')) {
            field.pad = Some('_');
        }
        self.number(2, n, field);
    }

    /// What another format makes of the same time.
    fn nested(&mut self, format: &str, c: &Calendar, field: Field) {
        let mut inner = Out { text: String::new(), room: usize::MAX, full: false, epoch: self.epoch };
        inner.run(format, c);
        self.put(&inner.text, field);
    }

    fn run(&mut self, format: &str, c: &Calendar) {
        let mut chars = format.char_indices().peekable();
        while let Some((begin, ch)) = chars.next() {
            if self.full {
                return;
            }
            if ch != '%' {
                self.put(ch.encode_utf8(&mut [0; 4]), Field::default());
                continue;
            }
            let mut field = Field::default();
            while let Some(&(_, flag @ ('_' | '-' | '0' | '^' | '#'))) = chars.peek() {
                chars.next();
                match flag {
                    '^' => field.upper = true,
                    '#' => field.change = true,
                    pad => field.pad = Some(pad),
                }
            }
            while let Some(digit) = chars.peek().and_then(|(_, ch)| ch.to_digit(10)) {
                chars.next();
                field.width = field.width.saturating_mul(10).saturating_add(digit as usize).min(1 << 31);
            }
            let modifier = chars.next_if(|(_, ch)| matches!(ch, 'E' | 'O')).map(|(_, ch)| ch);
            let Some((at, letter)) = chars.next() else {
                self.put(&format[begin..], field);
                return;
            };
            if !self.letter(letter, modifier, c, field) {
                let begin = if letter == '%' { at } else { begin };
                self.put(&format[begin..at + letter.len_utf8()], field);
            }
        }
    }

    /// One field; false if there is none of that letter with that modifier.
    fn letter(&mut self, letter: char, modifier: Option<char>, c: &Calendar, mut field: Field) -> bool {
        // What each letter may stand with.
        let allowed = match letter {
            'a' | 'A' | 'D' | 'F' | '%' => modifier.is_none(),
            'b' | 'h' | 'B' | 'd' | 'e' | 'H' | 'I' | 'k' | 'j' | 'l' | 'M' | 'm' | 'S' | 'U' | 'V' | 'g'
            | 'G' | 'W' | 'w' => modifier != Some('E'),
            'c' | 'x' | 'X' | 'Y' => modifier != Some('O'),
            _ => true,
        };
        if !allowed {
            return false;
        }
        let hour12 = if c.hour % 12 == 0 { 12 } else { c.hour % 12 };
        match letter {
            'a' | 'A' | 'b' | 'h' | 'B' => {
                field.upper |= field.change;
                let name = match letter {
                    'a' | 'A' => name_of(&DAYS, c.weekday),
                    _ => name_of(&MONTH_NAMES, c.month - 1),
                };
                let name: String = if matches!(letter, 'A' | 'B') {
                    name.to_owned()
                } else {
                    name.chars().take(3).collect()
                };
                self.put(&name, field);
            }
            'p' | 'P' => {
                field.lower = field.change || letter == 'P';
                self.put(if c.hour < 12 { "AM" } else { "PM" }, field);
            }
            'Z' => {
                field.lower = field.change;
                self.put(if c.dst < 0 { "" } else { "UTC" }, field);
            }
            'z' => {
                // Where nothing is known of the zone, nothing is said.
                if c.dst >= 0 {
                    self.put("+", field);
                    self.number(4, 0, field);
                }
            }
            'Y' => self.number(1, c.year, field),
            'y' => self.number(2, c.year.rem_euclid(100), field),
            'C' => self.number(1, c.year / 100 - i64::from(c.year % 100 < 0), field),
            'G' => self.number(1, c.iso_week().0, field),
            'g' => self.number(2, c.iso_week().0.rem_euclid(100), field),
            'm' => self.number(2, c.month, field),
            'd' => self.number(2, c.day, field),
            'j' => self.number(3, c.yearday, field),
            'H' => self.number(2, c.hour, field),
            'I' => self.number(2, hour12, field),
            'M' => self.number(2, c.minute, field),
            'S' => self.number(2, c.second, field),
            'w' => self.number(1, (c.weekday + 1) % 7, field),
            'u' => self.number(1, c.weekday + 1, field),
            'U' => self.number(2, (c.yearday + 6 - (c.weekday + 1) % 7) / 7, field),
            'W' => self.number(2, (c.yearday + 6 - c.weekday) / 7, field),
            'V' => self.number(2, c.iso_week().1, field),
            'e' => self.blank_number(c.day, field),
            'k' => self.blank_number(c.hour, field),
            'l' => self.blank_number(hour12, field),
            's' => self.digits(1, self.epoch, field),
            'F' => self.nested("%Y-%m-%d", c, field),
            'T' | 'X' => self.nested("%H:%M:%S", c, field),
            'R' => self.nested("%H:%M", c, field),
            'D' | 'x' => self.nested("%m/%d/%y", c, field),
            'c' => self.nested("%a %b %e %H:%M:%S %Y", c, field),
            'r' => self.nested("%I:%M:%S %p", c, field),
            'n' => self.put("\n", field),
            't' => self.put("\t", field),
            '%' => self.put("%", field),
            _ => return false,
        }
        true
    }
}
