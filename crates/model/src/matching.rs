//! Who could do which open work, and why; and, of many people at once, who goes where.
//!
//! [`Wanted::fits`] says whether somebody fits a project, and how well, in a number from 0 (nothing lost) to [`MOST_MISFIT`].
//! [`assign`] is one min-cost flow over all people and all projects: as many as can be have a place, and of all ways to do that it
//! is one with the least misfit of those who have, and urgency of those who have none, in sum.

use std::collections::BTreeSet;

/// The most that somebody who fits can be said to misfit.
pub const MOST_MISFIT: u8 = 15;

/// What somebody can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Able {
    /// Their skills: short words that the firm uses.
    pub skills: BTreeSet<String>,
    /// The languages they work in.
    pub languages: BTreeSet<String>,
    /// Hours a week that they have.
    pub hours: u32,
}

/// What a project asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Every one of these skills.
    pub skills: BTreeSet<String>,
    /// One of these languages; none: any.
    pub languages: BTreeSet<String>,
    /// Hours a week; 0: any.
    pub hours: u32,
}

/// Why somebody fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// How badly: 0 is best.
    pub misfit: u8,
    /// In words.
    pub reasons: Vec<String>,
}

impl Wanted {
    /// How badly somebody fits, if they do. Skills that a project does not ask for are better kept for one that does, and hours that
    /// are missing weigh with the share that they have of all.
    pub fn misfit(&self, able: &Able) -> Option<u8> {
        let understood = self.languages.is_empty() || !self.languages.is_disjoint(&able.languages);
        if !understood || able.hours == 0 || !self.skills.is_subset(&able.skills) {
            return None;
        }
        let spare = able.skills.len().saturating_sub(self.skills.len()).min(7);
        let short = u64::from(self.hours.saturating_sub(able.hours));
        let missing = (short * 8).div_ceil(u64::from(self.hours.max(1))).min(8);
        Some(
            u8::try_from(spare as u64 + missing)
                .unwrap_or(MOST_MISFIT)
                .min(MOST_MISFIT),
        )
    }

    /// Whether somebody fits, and why.
    pub fn fits(&self, able: &Able) -> Option<Fit> {
        let misfit = self.misfit(able)?;
        let mut reasons = Vec::new();
        if !self.skills.is_empty() {
            let skills: Vec<&str> = self.skills.iter().map(String::as_str).collect();
            reasons.push(format!("it asks for {}, which you have", skills.join(", ")));
        }
        let speaks: Vec<&str> = self
            .languages
            .intersection(&able.languages)
            .map(String::as_str)
            .collect();
        if !speaks.is_empty() {
            reasons.push(format!("it is in {}", speaks.join(", ")));
        }
        reasons.push(match (self.hours, able.hours) {
            (0, _) => "it can be done at any hours".to_owned(),
            (wanted, has) if wanted <= has => {
                format!("it is about {wanted} hours a week, and you have {has}")
            }
            (wanted, has) => {
                format!("it is about {wanted} hours a week, more than your {has}: fewer will do")
            }
        });
        reasons.push("no wall stands in the way".to_owned());
        Some(Fit { misfit, reasons })
    }
}

/// Whom to find work for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeker {
    /// How each place would misfit, in the order of the places; none: not a fit, or not allowed there.
    pub misfits: Vec<Option<u8>>,
    /// How much they should come first, 0 to [`MOST_MISFIT`].
    pub urgency: u8,
}

/// Where everybody goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// By seeker: the place; none: there is none left for them.
    pub places: Vec<Option<usize>>,
    /// The misfit of all who have a place, in sum.
    pub misfit: u64,
}

const LEVELS: usize = MOST_MISFIT as usize + 1;
/// Differences of two misfits, from -15 to 15.
const DIFFERENCES: usize = 2 * LEVELS - 1;
const NEVER: i32 = i32::MAX / 4;
const NO_FIT: u8 = u8::MAX;

/// Successive shortest paths, one seeker after the other, over the places alone: the way from a place to another is its
/// cheapest member who would move, kept as counts of differences, which are few. Prices (potentials) keep every way at 0 or more, and a path
/// is as long as it costs (R. Jonker and A. Volgenant, Computing 38, 1987, for the potentials and the early end).
struct Flow<'a> {
    seekers: &'a [Seeker],
    costs: Vec<u8>,
    seats: &'a [u32],
    places: usize,
    /// What it costs to have no place, besides urgency: more than any chain of moves.
    nowhere: i32,
    prices: Vec<i32>,
    members: Vec<Vec<usize>>,
    /// By seeker: the place, and where they stand among its members.
    at: Vec<Option<(usize, usize)>>,
    /// By place, other place and difference: how many members.
    counts: Vec<u32>,
    /// By place and other place: the least difference.
    ways: Vec<i32>,
    /// By place and urgency less misfit: how many members would leave it for none at that.
    leaving: Vec<u32>,
}

/// Assigns as many seekers as can be to places with so many seats. Seekers and places are told by their order; every seeker has a misfit
/// for each place.
pub fn assign(seekers: &[Seeker], seats: &[u32]) -> Assignment {
    let mut flow = Flow::new(seekers, seats);
    // The most urgent first: fewer are moved again.
    let mut order: Vec<usize> = (0..seekers.len()).collect();
    order.sort_by_key(|who| std::cmp::Reverse(seekers[*who].urgency));
    for who in order {
        flow.take_in(who);
    }
    let places: Vec<Option<usize>> = flow.at.iter().map(|at| at.map(|(place, _)| place)).collect();
    let placed = places.iter().enumerate();
    let misfit = placed.filter_map(|(who, place)| Some(u64::from(flow.cost(who, (*place)?))));
    Assignment {
        misfit: misfit.sum(),
        places,
    }
}

/// The shortest ways from a seeker to the places.
struct Paths {
    lengths: Vec<i32>,
    /// The same of those whose way may still become shorter.
    open: Vec<i32>,
    before: Vec<usize>,
}

/// Where a path ends.
#[derive(Clone, Copy)]
enum End {
    /// At a place with a free seat.
    Seat(usize),
    /// Somebody of that place has none from now on.
    Out(usize),
    /// The seeker has none.
    Nowhere,
}

/// A path begins here.
const BEGIN: usize = usize::MAX;

impl<'a> Flow<'a> {
    fn new(seekers: &'a [Seeker], seats: &'a [u32]) -> Self {
        let places = seats.len();
        let costs = seekers.iter().flat_map(|seeker| {
            let misfits = seeker.misfits.iter().copied().chain(std::iter::repeat(None));
            misfits
                .take(places)
                .map(|cost| cost.map_or(NO_FIT, |cost| cost.min(MOST_MISFIT)))
        });
        let chain = LEVELS.saturating_mul(places + 2);
        Self {
            seekers,
            costs: costs.collect(),
            seats,
            places,
            nowhere: i32::try_from(chain).unwrap_or(NEVER).min(NEVER / 4),
            prices: vec![0; places],
            members: vec![Vec::new(); places],
            at: vec![None; seekers.len()],
            counts: vec![0; places * places * DIFFERENCES],
            ways: vec![NEVER; places * places],
            leaving: vec![0; places * DIFFERENCES],
        }
    }

    fn cost(&self, who: usize, place: usize) -> u8 {
        self.costs[who * self.places + place]
    }

    fn urgency(&self, who: usize) -> u8 {
        self.seekers[who].urgency.min(MOST_MISFIT)
    }

    fn is_free(&self, place: usize) -> bool {
        self.members[place].len() < self.seats[place] as usize
    }

    fn take_in(&mut self, who: usize) {
        let (paths, end, length) = self.shortest(who);
        for (price, settled) in self.prices.iter_mut().zip(&paths.lengths) {
            *price += (length - settled).max(0);
        }
        let mut place = match end {
            End::Nowhere => return,
            End::Seat(place) => place,
            End::Out(place) => {
                if let Some(leaver) = self.leaver(place) {
                    self.leave(leaver);
                }
                place
            }
        };
        // From the end: whoever moves on makes room for the one before.
        while paths.before[place] != BEGIN {
            let before = paths.before[place];
            if let Some(mover) = self.mover(before, place) {
                self.leave(mover);
                self.join(mover, place);
            }
            place = before;
        }
        self.join(who, place);
    }

    /// Dijkstra's, with an early end: how long the shortest path is, and where it leads.
    fn shortest(&self, who: usize) -> (Paths, End, i32) {
        let row = &self.costs[who * self.places..(who + 1) * self.places];
        let first = |(cost, price): (&u8, &i32)| match *cost {
            NO_FIT => NEVER,
            cost => i32::from(cost) + price,
        };
        let lengths: Vec<i32> = row.iter().zip(&self.prices).map(first).collect();
        let mut paths = Paths {
            open: lengths.clone(),
            lengths,
            before: vec![BEGIN; self.places],
        };
        let (mut end, mut length) = (End::Nowhere, self.nowhere + i32::from(self.urgency(who)));
        loop {
            let least = paths.open.iter().copied().min().unwrap_or(NEVER);
            let next = paths.open.iter().position(|open| *open == least);
            let Some(next) = next.filter(|_| least < length) else {
                return (paths, end, length);
            };
            if self.is_free(next) {
                return (paths, End::Seat(next), least);
            }
            paths.open[next] = NEVER;
            if let Some(less) = self.least_leaving(next) {
                let out = least - self.prices[next] + self.nowhere + less;
                if out < length {
                    (length, end) = (out, End::Out(next));
                }
            }
            self.go_on(&mut paths, next, least);
        }
    }

    /// Lengthens the path to a place by each way from there, where that is shorter.
    fn go_on(&self, paths: &mut Paths, from: usize, least: i32) {
        let base = least - self.prices[from];
        let ways = &self.ways[from * self.places..(from + 1) * self.places];
        let known = paths
            .lengths
            .iter_mut()
            .zip(&mut paths.open)
            .zip(&mut paths.before);
        for (((length, open), before), (way, price)) in known.zip(ways.iter().zip(&self.prices)) {
            let other = base + way + price;
            let shorter = other < *length;
            *length = if shorter { other } else { *length };
            *open = if shorter { other } else { *open };
            *before = if shorter { from } else { *before };
        }
    }

    fn difference(to: u8, from: u8) -> usize {
        usize::from(MOST_MISFIT) + usize::from(to) - usize::from(from)
    }

    fn least(counts: &[u32]) -> Option<i32> {
        let found = counts.iter().position(|count| *count > 0)?;
        Some(i32::try_from(found).unwrap_or(NEVER) - i32::from(MOST_MISFIT))
    }

    fn least_leaving(&self, place: usize) -> Option<i32> {
        Self::least(&self.leaving[place * DIFFERENCES..(place + 1) * DIFFERENCES])
    }

    /// Whom it costs least to leave a place for none.
    fn leaver(&self, place: usize) -> Option<usize> {
        let costs = |who: &usize| Self::difference(self.urgency(*who), self.cost(*who, place));
        self.members[place].iter().copied().min_by_key(costs)
    }

    /// Whom it costs least to move from a place to another.
    fn mover(&self, from: usize, to: usize) -> Option<usize> {
        let fit = self.members[from]
            .iter()
            .copied()
            .filter(|who| self.cost(*who, to) != NO_FIT);
        fit.min_by_key(|who| Self::difference(self.cost(*who, to), self.cost(*who, from)))
    }

    fn join(&mut self, who: usize, place: usize) {
        self.at[who] = Some((place, self.members[place].len()));
        self.members[place].push(who);
        self.counted(who, place, true);
    }

    fn leave(&mut self, who: usize) {
        let Some((place, stands)) = self.at[who].take() else {
            return;
        };
        self.members[place].swap_remove(stands);
        if let Some(moved) = self.members[place].get(stands) {
            self.at[*moved] = Some((place, stands));
        }
        self.counted(who, place, false);
    }

    /// Takes a member into the counts of a place, or out of them.
    fn counted(&mut self, who: usize, place: usize, joins: bool) {
        let own = self.cost(who, place);
        let leaving = place * DIFFERENCES + Self::difference(self.urgency(who), own);
        let change = |count: &mut u32| *count = if joins { *count + 1 } else { *count - 1 };
        change(&mut self.leaving[leaving]);
        for other in (0..self.places).filter(|other| *other != place) {
            let cost = self.costs[who * self.places + other];
            if cost == NO_FIT {
                continue;
            }
            let way = place * self.places + other;
            let counts = &mut self.counts[way * DIFFERENCES..(way + 1) * DIFFERENCES];
            let difference = Self::difference(cost, own);
            change(&mut counts[difference]);
            let told = i32::try_from(difference).unwrap_or(NEVER) - i32::from(MOST_MISFIT);
            if joins {
                self.ways[way] = self.ways[way].min(told);
            } else if counts[difference] == 0 && self.ways[way] == told {
                self.ways[way] = Self::least(counts).unwrap_or(NEVER);
            }
        }
    }
}
