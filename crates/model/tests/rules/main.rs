//! What must hold of the model for every input: admission, the fold that authorises, timers, ids, the grammar, windows and
//! exposure.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod authority;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod exposure;
#[cfg(test)]
mod history;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod timer;
#[cfg(test)]
mod wall;
#[cfg(test)]
mod window;
