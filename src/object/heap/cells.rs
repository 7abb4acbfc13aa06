//! The memory of objects: cells of one size in pages, large objects on their own, and every way
//! to walk over all of them.
//!
//! ```text
//!   page (64 KiB, aligned)
//!  +-------------+--------+--------+--------+--- …
//!  | page header | cell 0 | cell 1 | cell 2 |
//!  +-------------+--------+--------+--------+--- …
//!   a free cell has Kind::Free at byte 4 and the next free cell at byte 8
//! ```
//!
//! The invariants are those of the heap (`object/heap.rs`).

#![expect(unsafe_code, reason = "the allocator; the heap's invariants")]

use super::heap;
use crate::object::class::Class;
use crate::object::header::{Header, Kind, flag};
use crate::object::value::{Ref, Value};
use std::alloc::Layout as Memory;
use std::collections::HashMap;
use std::ptr::NonNull;

const PAGE: usize = 64 * 1024;
/// Pages that are asked for together: one request, of which only what is used takes memory.
const CHUNK: usize = 16;
const GRANULE: usize = 16;
/// Bytes of a page that are made into cells at a time.
const BATCH: usize = 4096;
/// Larger objects come from the system allocator.
const LARGEST: usize = 1024;
const CLASSES: usize = LARGEST / GRANULE + 1;

struct Page {
    cell: usize,
    count: usize,
    /// Number of the first cell while a collection counts; `reciprocal` divides by `cell`.
    ordinal: usize,
    reciprocal: u64,
}

const PAGE_HEADER: usize = size_of::<Page>();

/// In front of a large object.
#[repr(C)]
struct LargePrefix {
    index: usize,
    size: usize,
}

/// All cells of the heap: which are free, and where the others are.
pub(super) struct Cells {
    free: [*mut u8; CLASSES],
    /// The newest page of each class, whose last cells may not be in the free list yet.
    growing: [Option<NonNull<Page>>; CLASSES],
    pages: Vec<NonNull<Page>>,
    /// Pages of the newest chunk that are not in use yet: the next one, and how many.
    spare: (*mut u8, usize),
    large: Vec<NonNull<Header>>,
    /// Every object is a large one (`CO_STRESS=heap`): then no free list has a cell, and only the
    /// slow path looks here.
    separate: bool,
    used: usize,
    limit: usize,
}

impl Cells {
    pub(super) fn new() -> Cells {
        Cells {
            free: [std::ptr::null_mut(); CLASSES],
            growing: [None; CLASSES],
            pages: Vec::new(),
            spare: (std::ptr::null_mut(), 0),
            large: Vec::new(),
            separate: false,
            used: 0,
            limit: usize::MAX,
        }
    }

    #[inline(always)]
    pub(super) fn allocate(&mut self, size: usize) -> (NonNull<u8>, u8) {
        if size <= LARGEST {
            let class = size.div_ceil(GRANULE);
            let cell = self.free[class];
            if let Some(cell) = NonNull::new(cell) {
                // SAFETY: invariant 2: a free cell holds the next one at byte 8.
                self.free[class] = unsafe { cell.as_ptr().add(8).cast::<*mut u8>().read() };
                return (cell, 0);
            }
            self.allocate_page(class)
        } else {
            (self.allocate_large(size), flag::LARGE)
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_page(&mut self, class: usize) -> (NonNull<u8>, u8) {
        let cell = class * GRANULE;
        if self.separate {
            return (self.allocate_large(cell), flag::LARGE);
        }
        let total = (PAGE - PAGE_HEADER) / cell;
        let page = match self.growing[class] {
            // SAFETY: pages live as long as the heap.
            Some(page) if unsafe { page.as_ref() }.count < total => page,
            _ => self.new_page(class),
        };
        // SAFETY: the page is `PAGE` bytes; every cell below `total` lies inside it, and those
        // from `count` on were never used.
        unsafe {
            let first = page.as_ptr().cast::<u8>().add(PAGE_HEADER);
            let old = page.as_ref().count;
            let new = (old + (BATCH / cell).max(1)).min(total);
            for i in (old..new).rev() {
                let cell_start = first.add(i * cell);
                cell_start.cast::<u64>().write(0);
                cell_start.add(8).cast::<*mut u8>().write(self.free[class]);
                self.free[class] = cell_start;
            }
            (*page.as_ptr()).count = new;
            let cell_start = self.free[class];
            self.free[class] = cell_start.add(8).cast::<*mut u8>().read();
            (NonNull::new_unchecked(cell_start), 0)
        }
    }

    /// A page without cells yet: memory is touched only as it is needed, which a short program
    /// feels at start.
    fn new_page(&mut self, class: usize) -> NonNull<Page> {
        if self.spare.1 == 0 {
            let memory = Memory::from_size_align(CHUNK * PAGE, PAGE).expect("the chunk layout is valid");
            // SAFETY: the layout has a non-zero size.
            self.spare = (unsafe { std::alloc::alloc(memory) }, CHUNK);
            if self.spare.0.is_null() {
                std::alloc::handle_alloc_error(memory)
            }
        }
        let page = NonNull::new(self.spare.0.cast::<Page>()).expect("a chunk has pages left");
        // SAFETY: the address is inside the chunk, or right behind its last page.
        self.spare = (unsafe { self.spare.0.add(PAGE) }, self.spare.1 - 1);
        let cell = class * GRANULE;
        // SAFETY: the page is large enough for its header and belongs to nobody else.
        unsafe {
            page.write(Page { cell, count: 0, ordinal: 0, reciprocal: (1u64 << 32).div_ceil(cell as u64) });
        }
        self.pages.push(page);
        self.growing[class] = Some(page);
        self.used += PAGE;
        page
    }

    #[cold]
    #[inline(never)]
    fn allocate_large(&mut self, size: usize) -> NonNull<u8> {
        let total = size + size_of::<LargePrefix>();
        let memory = Memory::from_size_align(total, 16).expect("an object's layout is valid");
        // SAFETY: the layout has a non-zero size; the prefix lies inside the block.
        unsafe {
            let base = std::alloc::alloc(memory);
            if base.is_null() {
                std::alloc::handle_alloc_error(memory)
            }
            base.cast::<LargePrefix>().write(LargePrefix { index: self.large.len(), size: total });
            let object = NonNull::new_unchecked(base.add(size_of::<LargePrefix>()));
            self.large.push(object.cast());
            self.used += total;
            object
        }
    }

    /// # Safety
    /// `object` is an allocated cell whose contents have been dropped.
    pub(super) unsafe fn free(&mut self, object: NonNull<Header>, size: usize, large: bool) {
        let start = object.as_ptr().cast::<u8>();
        // SAFETY: by the caller, and invariant 2.
        unsafe {
            if large {
                let base = start.sub(size_of::<LargePrefix>());
                let prefix = base.cast::<LargePrefix>().read();
                self.large.swap_remove(prefix.index);
                if let Some(moved) = self.large.get(prefix.index) {
                    let moved = moved.as_ptr().cast::<u8>().sub(size_of::<LargePrefix>());
                    (*moved.cast::<LargePrefix>()).index = prefix.index;
                }
                self.used -= prefix.size;
                std::alloc::dealloc(base, Memory::from_size_align_unchecked(prefix.size, 16));
            } else {
                let class = size.div_ceil(GRANULE);
                start.cast::<u64>().write(0);
                start.add(8).cast::<*mut u8>().write(self.free[class]);
                self.free[class] = start;
            }
        }
    }
}

/// Calls `visit` with every object on the heap.
pub(in crate::object) fn each_object(mut visit: impl FnMut(NonNull<Header>)) {
    let pages = heap().cells.pages.clone();
    for page in pages {
        // SAFETY: pages live as long as the heap; invariant 2 for the cells.
        unsafe {
            let Page { cell, count, .. } = page.read();
            let first = page.as_ptr().cast::<u8>().add(PAGE_HEADER);
            for i in 0..count {
                let object = NonNull::new_unchecked(first.add(i * cell).cast::<Header>());
                if object.as_ref().kind() != Kind::Free {
                    visit(object);
                }
            }
        }
    }
    for object in heap().cells.large.clone() {
        visit(object);
    }
}

/// Numbers all cells for a collection; returns how many numbers there are.
pub(in crate::object) fn number_cells() -> usize {
    let cells = &heap().cells;
    let mut next = 0;
    for page in &cells.pages {
        // SAFETY: pages live as long as the heap.
        unsafe {
            (*page.as_ptr()).ordinal = next;
            next += (*page.as_ptr()).count;
        }
    }
    next + cells.large.len()
}

/// The number that `number_cells` gave an object; `small` is how many cells pages have.
#[inline(always)]
pub(in crate::object) fn ordinal(header: &Header, small: usize) -> usize {
    let address = header as *const Header as usize;
    // SAFETY: a small object lies in a page, aligned to its size, a large one behind its prefix.
    unsafe {
        if header.has(flag::LARGE) {
            let prefix = (address as *const u8).sub(size_of::<LargePrefix>()).cast::<LargePrefix>();
            return small + (*prefix).index;
        }
        let page = (address & !(PAGE - 1)) as *const Page;
        let offset = (address - page as usize - PAGE_HEADER) as u64;
        (*page).ordinal + ((offset * (*page).reciprocal) >> 32) as usize
    }
}

/// How many cells the pages have.
pub(in crate::object) fn large_count() -> usize {
    heap().cells.large.len()
}

/// How many objects of each kind are alive, for leak checks.
pub fn census() -> Vec<(Kind, usize)> {
    let mut counts: HashMap<Kind, usize> = HashMap::new();
    each_object(|object| {
        // SAFETY: `each_object` passes live objects.
        *counts.entry(unsafe { object.as_ref() }.kind()).or_default() += 1;
    });
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|&(kind, _)| kind as u8);
    rows
}

/// Every object of a higher room's payload whose class is `class` or derived from it: for lists
/// that must not keep their members alive (`asyncio.all_tasks`).
pub fn instances(class: &Ref<Class>) -> Vec<Value> {
    let mut found = Vec::new();
    each_object(|object| {
        // SAFETY: `each_object` passes live objects.
        let header = unsafe { object.as_ref() };
        if header.kind() == Kind::Opaque && header.ref_count() > 0 && header.class().is_subclass_of(class) {
            found.push(Value::from_borrowed(header));
        }
    });
    found
}

/// Gives every object an allocation of its own, which really ends with the object
/// (`CO_STRESS=heap`): tools that watch the system's allocator then see each use after the end.
/// To be decided before the first object is made.
pub fn set_separate(on: bool) {
    let cells = &mut heap().cells;
    cells.separate = on;
    if on {
        // Cells of an earlier machine stay free.
        cells.free = [std::ptr::null_mut(); CLASSES];
    }
}

/// Bytes that objects take.
pub fn used_bytes() -> usize {
    heap().cells.used
}

/// How many bytes objects may take before `over_limit` says so.
pub fn set_limit(bytes: usize) {
    heap().cells.limit = bytes;
}

pub fn over_limit() -> bool {
    let cells = &mut heap().cells;
    cells.used > cells.limit
}
