//! Where text comes from: the template that spells it, and the value that was printed there.

use std::num::NonZeroU32;
use std::rc::Rc;

/// What a caller says a value comes from, such as an index into its own table of places. Opaque here; it travels with
/// the value through variables, functions and `toYaml`, and comes out beside the text that it was printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub NonZeroU32);

impl Origin {
    /// The origin with this number, counted from 0.
    pub fn new(index: usize) -> Option<Self> {
        u32::try_from(index).ok().and_then(|index| index.checked_add(1)).and_then(NonZeroU32::new).map(Self)
    }

    /// Its number, counted from 0.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A place in a template file that a caller has given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number that the caller gave the file.
    pub file: u32,
    /// Bytes before the place.
    pub offset: u32,
}

/// From `start` on, up to the next mark, text comes from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The byte in the text at which the piece begins.
    pub start: u32,
    /// The template's place, where it is known: inside a text that a function has built it may not be yet.
    pub place: Option<Place>,
    /// The value that was printed, where one was.
    pub value: Option<Origin>,
    /// Whether template and text run side by side, byte for byte, so that the place moves on with the text.
    pub literal: bool,
}

/// Text, and where each piece of it comes from.
///
/// Always: marks are sorted by start; two of the same start do not follow each other.
#[derive(Clone, Debug, Default)]
pub struct Text {
    inner: Rc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    text: String,
    marks: Vec<Mark>,
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { inner: Rc::new(Inner { text, marks: Vec::new() }) }
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.inner.text
    }
}

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.inner.text
    }

    /// Its pieces; none where nothing is known of them.
    pub fn marks(&self) -> &[Mark] {
        &self.inner.marks
    }

    /// The mark of the piece that holds a byte.
    pub fn mark_at(&self, offset: usize) -> Option<&Mark> {
        let marks = &self.inner.marks;
        let after = marks.partition_point(|mark| mark.start as usize <= offset);
        after.checked_sub(1).map(|index| &marks[index])
    }

    /// The template place of a byte, where it is known.
    pub fn place_at(&self, offset: usize) -> Option<Place> {
        let mark = self.mark_at(offset)?;
        let mut place = mark.place?;
        if mark.literal {
            place.offset += offset as u32 - mark.start;
        }
        Some(place)
    }

    /// The origins of the values that were printed between two bytes, in order, each once.
    pub fn values_in(&self, start: usize, end: usize) -> Vec<Origin> {
        let marks = &self.inner.marks;
        let first = marks.partition_point(|mark| mark.start as usize <= start).saturating_sub(1);
        let mut found = Vec::new();
        for (index, mark) in marks.iter().enumerate().skip(first) {
            if mark.start as usize >= end && mark.start as usize > start {
                break;
            }
            let ends = marks.get(index + 1).map_or(self.len(), |next| next.start as usize);
            if let Some(value) = mark.value
                && ends > start
                && !found.contains(&value)
            {
                found.push(value);
            }
        }
        found
    }

    /// A part of the text with its marks. `start` and `end` must be boundaries of characters.
    pub(crate) fn part(&self, start: usize, end: usize) -> Self {
        if start == 0 && end == self.len() {
            return self.clone();
        }
        let mut out = Builder::default();
        out.push_part(self, start, end);
        out.finish()
    }
}

/// A text that grows.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    text: String,
    marks: Vec<Mark>,
}

impl Builder {
    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn mark(&mut self, place: Option<Place>, value: Option<Origin>, literal: bool) {
        let start = self.text.len() as u32;
        let mark = Mark { start, place, value, literal };
        let goes_on = |last: &Mark| !literal && Mark { start, ..*last } == mark;
        if !self.marks.last().is_some_and(goes_on) {
            self.add(mark);
        }
    }

    /// Adds a text with its marks.
    pub(crate) fn push(&mut self, text: &Text) {
        self.push_part(text, 0, text.len());
    }

    /// Adds a part of a text with its marks.
    pub(crate) fn push_part(&mut self, text: &Text, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let base = self.text.len();
        let marks = text.marks();
        let first = marks.partition_point(|mark| (mark.start as usize) <= start).saturating_sub(1);
        if marks.get(first).is_none_or(|mark| mark.start as usize > start) && !self.marks.is_empty() {
            self.mark(None, None, false);
        }
        for mark in marks.iter().skip(first).take_while(|mark| (mark.start as usize) < end) {
            let at = mark.start as usize;
            let skipped = start.saturating_sub(at);
            let place = match mark.place {
                Some(place) if mark.literal => Some(Place { offset: place.offset + skipped as u32, ..place }),
                place => place,
            };
            self.add(Mark { start: (base + at.max(start) - start) as u32, place, ..*mark });
        }
        self.text.push_str(&text[start..end]);
    }

    /// Adds a mark; one that stands at the same byte is replaced.
    fn add(&mut self, mark: Mark) {
        if self.marks.last().is_some_and(|last| last.start == mark.start) {
            self.marks.pop();
        }
        self.marks.push(mark);
    }

    /// Adds a text as it is printed by an action: pieces that know no place are given the action's.
    pub(crate) fn print(&mut self, text: &Text, place: Option<Place>, value: Option<Origin>) {
        if text.is_empty() {
            return;
        }
        let base = self.text.len() as u32;
        if text.marks().first().is_none_or(|mark| mark.start > 0) {
            self.mark(place, value, false);
        }
        for mark in text.marks() {
            let start = base + mark.start;
            self.add(match mark.place {
                Some(_) => Mark { start, ..*mark },
                None => Mark { start, place, value: mark.value.or(value), literal: false },
            });
        }
        self.text.push_str(text);
    }

    pub(crate) fn finish(self) -> Text {
        Text { inner: Rc::new(Inner { text: self.text, marks: self.marks }) }
    }
}
