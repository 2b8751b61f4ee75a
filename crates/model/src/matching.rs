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
const NEVER: i64 = i64::MAX / 4;
const NO_FIT: u8 = u8::MAX;

/// Successive shortest paths, one seeker after the other, over the places alone: the way from a place to another is its
/// cheapest member who would move, kept as counts of differences, which are few. Each place has a label, which is never more than
/// what the shortest way costs from there to a free seat, or to somebody who is left without one; the search goes along ways that
/// keep what the labels promise, and raises a label that promised too much (as preflows do: A. V. Goldberg and R. E. Tarjan, J. ACM
/// 35, 1988; of whole ways: R. K. Ahuja and J. B. Orlin, Naval Research Logistics 38, 1991). Where many promised too much, all are made exact at once.
struct Flow<'a> {
    seekers: &'a [Seeker],
    costs: Vec<u8>,
    seats: &'a [u32],
    places: usize,
    /// One step of misfit. A way also costs one for each place on it, so that none leads in a circle.
    step: i64,
    /// What it costs to have no place, besides urgency: more than any chain of moves.
    nowhere: i64,
    labels: Vec<i64>,
    members: Vec<Vec<usize>>,
    /// By seeker: the place, and where they stand among its members.
    at: Vec<Option<(usize, usize)>>,
    /// By place, other place and difference: how many members.
    counts: Vec<u32>,
    /// By place and other place: what the cheapest way costs.
    ways: Vec<i64>,
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

/// How the search goes on from a place.
enum Next {
    /// A seat is free there.
    Seat,
    /// Somebody there has none from now on.
    Out,
    /// Somebody moves on to that place.
    Place(usize),
    /// The label promised too much: it is this one.
    Raised(i64),
}

/// So many labels are raised one by one before all are made exact.
const RAISED: usize = 64;

impl<'a> Flow<'a> {
    fn new(seekers: &'a [Seeker], seats: &'a [u32]) -> Self {
        let places = seats.len();
        let costs = seekers.iter().flat_map(|seeker| {
            let misfits = seeker.misfits.iter().copied().chain(std::iter::repeat(None));
            misfits
                .take(places)
                .map(|cost| cost.map_or(NO_FIT, |cost| cost.min(MOST_MISFIT)))
        });
        let size = i64::try_from(places).unwrap_or(i64::from(u32::MAX));
        Self {
            seekers,
            costs: costs.collect(),
            seats,
            places,
            step: size + 2,
            nowhere: (i64::from(MOST_MISFIT) + 1) * (size + 2),
            labels: vec![0; places],
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

    /// The ways from a place to each.
    fn ways_from(&self, place: usize) -> &[i64] {
        &self.ways[place * self.places..(place + 1) * self.places]
    }

    /// Finds a seeker a place, others moving on for them, unless to leave them without costs no more.
    fn take_in(&mut self, who: usize) {
        let (mut path, mut raised): (Vec<usize>, usize) = (Vec::new(), 0);
        loop {
            let Some(place) = path.last().copied() else {
                match self.first(who) {
                    Some(place) => path.push(place),
                    None => return,
                }
                continue;
            };
            match self.next(place) {
                Next::Seat => return self.move_on(who, &path),
                Next::Out => {
                    if let Some(leaver) = self.leaver(place) {
                        self.leave(leaver);
                    }
                    return self.move_on(who, &path);
                }
                Next::Place(next) => path.push(next),
                Next::Raised(label) => {
                    self.labels[place] = label;
                    path.pop();
                    raised += 1;
                    if raised == RAISED {
                        self.make_exact();
                        (path, raised) = (Vec::new(), 0);
                    }
                }
            }
        }
    }

    /// The place that promises most to a seeker, if it is better than none.
    fn first(&self, who: usize) -> Option<usize> {
        let row = &self.costs[who * self.places..(who + 1) * self.places];
        let promised = |(cost, label): (&u8, &i64)| match *cost {
            NO_FIT => NEVER,
            cost => i64::from(cost) * self.step + label,
        };
        let promises = row.iter().zip(&self.labels).map(promised);
        let (place, least) = promises.enumerate().min_by_key(|(_, promise)| *promise)?;
        let none = (self.nowhere + i64::from(self.urgency(who))) * self.step;
        (least < none).then_some(place)
    }

    fn next(&self, place: usize) -> Next {
        if self.is_free(place) {
            return Next::Seat;
        }
        let label = self.labels[place];
        let out = self.out(place);
        if out == label {
            return Next::Out;
        }
        let ways = self.ways_from(place).iter().zip(&self.labels);
        let mut least = out;
        for (next, (way, beyond)) in ways.enumerate() {
            let length = way + beyond;
            if length == label {
                return Next::Place(next);
            }
            least = least.min(length);
        }
        Next::Raised(least)
    }

    /// What it costs that somebody of a place has none.
    fn out(&self, place: usize) -> i64 {
        let counts = &self.leaving[place * DIFFERENCES..(place + 1) * DIFFERENCES];
        Self::least(counts).map_or(NEVER, |less| (self.nowhere + less) * self.step + 1)
    }

    /// Along a path that ends where there is room now, from its end: whoever moves on makes room for the one before.
    fn move_on(&mut self, who: usize, path: &[usize]) {
        for pair in path.windows(2).rev() {
            if let Some(mover) = self.mover(pair[0], pair[1]) {
                self.leave(mover);
                self.join(mover, pair[1]);
            }
        }
        if let Some(first) = path.first() {
            self.join(who, *first);
        }
    }

    /// Dijkstra's from all ends at once, of how much each label promises too much.
    fn make_exact(&mut self) {
        let ends = |place: usize| match self.is_free(place) {
            true => 0,
            false => self.out(place).saturating_sub(self.labels[place]),
        };
        let mut more: Vec<i64> = (0..self.places).map(ends).collect();
        let mut open = more.clone();
        loop {
            let least = open.iter().copied().min().unwrap_or(NEVER);
            let Some(next) = open
                .iter()
                .position(|more| *more == least)
                .filter(|_| least < NEVER / 2)
            else {
                break;
            };
            open[next] = NEVER;
            for place in 0..self.places {
                let way = self.ways[place * self.places + next];
                let length = least + way + self.labels[next] - self.labels[place];
                if length < more[place] {
                    (more[place], open[place]) = (length, length);
                }
            }
        }
        for (label, more) in self.labels.iter_mut().zip(&more) {
            *label = label.saturating_add(*more).min(NEVER);
        }
    }

    fn difference(to: u8, from: u8) -> usize {
        usize::from(MOST_MISFIT) + usize::from(to) - usize::from(from)
    }

    /// The least difference that somebody has.
    fn least(counts: &[u32]) -> Option<i64> {
        let found = counts.iter().position(|count| *count > 0)?;
        Some(i64::try_from(found).unwrap_or(NEVER) - i64::from(MOST_MISFIT))
    }

    /// Whom it costs least to leave a place for none.
    fn leaver(&self, place: usize) -> Option<usize> {
        let costs = |who: &usize| Self::difference(self.urgency(*who), self.cost(*who, place));
        self.members[place].iter().copied().min_by_key(costs)
    }

    /// Whom it costs least to move from a place to another.
    fn mover(&self, from: usize, to: usize) -> Option<usize> {
        let members = self.members[from].iter().copied();
        let fit = members.filter(|who| self.cost(*who, to) != NO_FIT);
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
            let at = place * self.places + other;
            let counts = &mut self.counts[at * DIFFERENCES..(at + 1) * DIFFERENCES];
            let difference = Self::difference(cost, own);
            change(&mut counts[difference]);
            let way = (i64::from(cost) - i64::from(own)) * self.step + 1;
            if joins {
                self.ways[at] = self.ways[at].min(way);
            } else if counts[difference] == 0 && self.ways[at] == way {
                let least = Self::least(counts);
                self.ways[at] = least.map_or(NEVER, |difference| difference * self.step + 1);
            }
        }
    }
}
