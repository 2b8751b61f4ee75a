//! Lists, page by page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cofferdam_model::{Id, LabId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{Answer, Problem};

/// The longest page.
const MOST: u32 = 500;

/// A list, or one page of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// To be sent as `cursor` for the next page, as it is; none at the end.
    pub(crate) next: Option<String>,
    /// Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
    /// is not listed stands all the same: a halt is in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unread: Vec<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// 1 to 500; 500 unless said.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Where the next page begins, from what tells a page's last item. Addresses come into logs and histories: it is ids, times
/// and numbers alone, never a name.
pub(crate) fn cursor(last: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

impl PageQuery {
    pub(crate) fn limit(&self) -> Answer<u32> {
        match self.limit.unwrap_or(MOST) {
            n @ 1..=MOST => Ok(n),
            _ => Err(Problem::field("limit", format!("1 to {MOST} are possible"))),
        }
    }

    /// A cursor that was not given out for this list.
    pub(crate) fn bad() -> Problem {
        Problem::field("cursor", "send `next` of the page before, as it was")
    }

    /// What tells the last item of the page before; none for the first page.
    pub(crate) fn after<const N: usize>(&self) -> Answer<Option<[u8; N]>> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Self::bad())?;
        let bytes = bytes.try_into().map_err(|_| Self::bad())?;
        Ok(Some(bytes))
    }

    /// The page of a list that is there as a whole, in an order that does not change, told by its items' ids.
    pub(crate) fn of<T, I: Id>(&self, all: Vec<T>, id: impl Fn(&T) -> I) -> Answer<Page<T>> {
        let begin = match self.after()?.map(I::from_bytes) {
            None => 0,
            Some(last) => {
                let at = all.iter().position(|item| id(item) == last);
                at.ok_or_else(Self::bad)? + 1
            }
        };
        let limit = self.limit()? as usize;
        let more = all.len() - begin > limit;
        let items: Vec<T> = all.into_iter().skip(begin).take(limit).collect();
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| cursor(id(last).as_bytes()));
        Ok(Page::new(items, next))
    }
}

impl<T> Page<T> {
    /// A page of a list that is whole.
    pub(crate) fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self {
            items,
            next,
            unread: Vec::new(),
        }
    }

    /// The same of one that lacks what these labs have.
    pub(crate) fn without(self, unread: &[LabId]) -> Self {
        let unread = unread.iter().map(ToString::to_string).collect();
        Self { unread, ..self }
    }

    /// The same page of what each item shows.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(show).collect(),
            next: self.next,
            unread: self.unread,
        }
    }

    /// A page, one more than it holds asked for: what comes after it tells that there is a next one.
    pub(crate) fn first_of(mut items: Vec<T>, limit: u32, last: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(last);
        Self::new(items, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(n: u8) -> LabId {
        LabId::from_bytes([n; 16])
    }

    fn ask(limit: u32, cursor: Option<String>) -> PageQuery {
        let limit = Some(limit);
        PageQuery { limit, cursor }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap_and_end() {
        let all: Vec<LabId> = [9, 3, 7, 1, 5].map(lab).to_vec();
        for limit in 1..=6 {
            let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let page = ask(limit, cursor).of(all.clone(), |id| *id).unwrap();
                assert!(page.items.len() <= limit as usize);
                seen.extend(page.items);
                pages += 1;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((&seen, pages), (&all, all.len().div_ceil(limit as usize)));
        }
        let none = ask(1, None).of(Vec::new(), |id: &LabId| *id).unwrap();
        assert!(none.items.is_empty() && none.next.is_none());
    }

    #[test]
    fn what_is_no_cursor_of_the_list_is_refused() {
        let all = vec![lab(1), lab(2)];
        for wrong in [
            "",
            "x",
            "lab_1",
            "!!!!",
            "AAAA",
            &cursor(&[0; 17]),
            &cursor(lab(3).as_bytes()),
        ] {
            assert!(
                ask(1, Some(wrong.to_owned())).of(all.clone(), |id| *id).is_err(),
                "{wrong}"
            );
        }
        for limit in [0, 501, u32::MAX] {
            assert!(ask(limit, None).of(all.clone(), |id| *id).is_err(), "{limit}");
        }
    }

    #[test]
    fn a_page_knows_by_one_item_more_whether_there_is_a_next() {
        let page = |all: Vec<u8>, limit| Page::first_of(all, limit, |last| last.to_string());
        let full = page(vec![1, 2], 2);
        assert_eq!((full.items, full.next), (vec![1, 2], None));
        let more = page(vec![1, 2, 3], 2);
        assert_eq!((more.items, more.next.as_deref()), (vec![1, 2], Some("2")));
        assert!(page(vec![], 2).next.is_none());
    }
}
