//! One suite for every backend: what a store promises, whatever lies beneath it.
//!
//! A check is a plain function over a [`Backend`]. [`suite`] runs every check on one backend; what only one backend
//! can be asked stands in its own module.

#[cfg(test)]
mod copying;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod support;
#[cfg(test)]
mod walls;

/// Makes a test of every check, on one backend.
#[cfg(test)]
macro_rules! suite {
    ($backend:ty: $($module:ident { $($check:ident)* })*) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() {
                    let backend = <$backend as crate::support::Backend>::fresh();
                    crate::$module::$check(&backend).await;
                }
            )*
        }
    )*};
}

/// Every check of the suite, by module.
#[cfg(test)]
macro_rules! every_check {
    ($backend:ty) => {
        suite! { $backend:
            rows {
                labs_and_projects places_in_the_queue principals_and_pseudonyms credentials holders_and_epochs
                objects_and_sets rotation passkeys tasks assignments slots_and_drafts submissions reviews remarks deliveries timers counts
                a_missing_row_that_another_needs_is_no_conflict a_row_that_does_not_read_is_named_or_left_out
                what_the_schema_lacks_is_named
            }
            groups {
                an_answer_means_committed an_attempt_is_undone_alone an_error_undoes_one_command_of_its_group
                a_group_that_cannot_be_committed_is_undone_whole a_command_that_panics_stops_nobody
                a_reader_that_panics_or_leaves_lends_nothing_out readers_see_one_moment
                what_is_queued_is_written_when_its_caller_leaves
            }
            queue {
                each_task_goes_to_as_many_as_it_should an_expired_lease_goes_back_even_to_the_same_person
                what_was_skipped_does_not_come_back a_lease_is_prolonged_only_while_it_runs
                many_at_once_share_without_a_double one_reviewer_at_a_time nobody_answers_and_judges_one_task
            }
            incidents {
                what_was_opened_and_whom_it_is_about what_sources_say_and_where_it_stands
                whom_it_concerns_and_what_they_decide
            }
            walls { what_was_done_to_a_wall_and_why what_people_can_do_and_projects_ask_for }
            notices {
                each_has_their_own_in_the_order_in_which_they_were_told how_far_was_read_is_kept_of_each_ledger
                where_people_and_labs_are_told what_waits_is_found_when_it_is_due_and_taken_out_long_after attempts_are_read_as_they_were_made
            }
            ledgers {
                indices_have_no_gap_and_time_never_goes_back compartments_do_not_mix what_is_appended_reads_back
                tiles_and_checkpoints
            }
        }
    };
}

#[cfg(test)]
mod on_sqlite {
    every_check!(crate::sqlite::InFolder);
}

#[cfg(test)]
mod on_postgres {
    every_check!(crate::postgres::OnServer);
}
