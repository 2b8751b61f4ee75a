//! Imported files: JSONL, JSON arrays and CSV.

#![no_main]

use std::collections::HashSet;
use std::io::Read;
use std::sync::{Arc, LazyLock};

use cofferdam_fuzz::{choice, is_readable};
use cofferdam_work::import::{FileFormat, Import, ImportError, ImportOptions, Limits, check, import};
use cofferdam_work::template::{Template, TemplateKind};
use libfuzzer_sys::fuzz_target;

/// Gives its bytes a few at a time, as a slow connection does.
struct Trickle<'d>(&'d [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let some = self.0.len().min(out.len()).min(3);
        let (now, later) = self.0.split_at(some);
        out[..some].copy_from_slice(now);
        self.0 = later;
        Ok(some)
    }
}

/// Compiled once: it takes a thousand times as long as a small file.
static TEMPLATES: LazyLock<Vec<Arc<Template>>> = LazyLock::new(|| {
    let builtin = |kind| Arc::new(Template::builtin(kind).expect("a built-in template"));
    TemplateKind::ALL.into_iter().map(builtin).collect()
});

fn template(kind: TemplateKind) -> &'static Arc<Template> {
    let own = TEMPLATES.iter().find(|template| template.kind() == kind);
    own.expect("a template of every kind")
}

fn options(choice: u8) -> ImportOptions {
    let small = Limits {
        rows: 8,
        row_bytes: 200,
        cell_bytes: 40,
        depth: 3,
        keys: 12,
        columns: 6,
        listed_errors: 3,
    };
    ImportOptions {
        format: [
            None,
            Some(FileFormat::Jsonl),
            Some(FileFormat::JsonArray),
            Some(FileFormat::Csv),
        ][usize::from(choice & 3)],
        // The kind is told from the columns only where no template is given, which is slow.
        template: (choice < 0xF0)
            .then(|| template(TemplateKind::ALL[usize::from(choice >> 2) % TemplateKind::ALL.len()]).clone()),
        limits: if choice & 32 == 0 {
            Limits::default()
        } else {
            small
        },
        ..ImportOptions::default()
    }
}

/// What was taken is what the template and the limits allow.
fn is_in_order(read: &Import, limits: &Limits) {
    let template = template(read.template_kind);
    let mut ids = HashSet::new();
    let mut before = 0;
    assert!(!read.tasks.is_empty() && read.tasks.len() as u64 <= limits.rows);
    for task in &read.tasks {
        assert!(
            task.row > before && task.row <= limits.rows && task.line > 0,
            "{task:?}"
        );
        before = task.row;
        template
            .check_input(&task.input)
            .expect("the template takes the task");
        if let Some(id) = &task.external_id {
            assert!(!id.is_empty() && !id.contains('\0') && ids.insert(id), "{id:?}");
        }
        for recorded in &task.recorded_answers {
            let fits = template.check_submission(&task.input, &recorded.answer);
            fits.expect("the template takes the answer");
        }
    }
}

fn is_told_well(error: &ImportError, limits: &Limits) {
    error.to_string().lines().for_each(is_readable);
    if let ImportError::Rows(rows) = error {
        assert!(rows.total >= rows.listed.len() as u64 && !rows.listed.is_empty());
        assert!(rows.listed.len() <= limits.listed_errors);
        assert!(rows.listed.iter().all(|wrong| wrong.row > 0 && wrong.line > 0));
    }
}

/// The lines of a JSONL file, as one array: the other reader reads the same tasks.
fn as_array(file: &[u8]) -> Vec<u8> {
    let rows = file
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let mut array = vec![b'['];
    for (index, row) in rows.enumerate() {
        array.extend_from_slice(if index == 0 { b"" } else { b",\n" });
        array.extend_from_slice(row);
    }
    array.push(b']');
    array
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, file)) = choice(data) else {
        return;
    };
    let options = options(choice);
    let read = import(file, &options);
    let trickled = import(Trickle(file), &options);
    match (&read, check(file, &options)) {
        (Ok(read), Ok(checked)) => {
            is_in_order(read, &options.limits);
            assert_eq!(Some(&read.tasks), trickled.ok().map(|again| again.tasks).as_ref());
            assert_eq!(read.tasks.len() as u64, checked.tasks);
            let answers = read
                .tasks
                .iter()
                .map(|task| task.recorded_answers.len() as u64)
                .sum::<u64>();
            assert_eq!(answers, checked.recorded_answers);
            is_readable(&read.mapping.explanation());
        }
        (Err(error), Err(checked)) => {
            is_told_well(error, &options.limits);
            assert_eq!(error.to_string(), checked.to_string());
            assert_eq!(
                Some(error.to_string()),
                trickled.err().map(|again| again.to_string())
            );
        }
        (read, checked) => panic!("two passes differ: {read:?}, {checked:?}"),
    }
    if let (Ok(read), Some(FileFormat::Jsonl)) = (&read, options.format)
        && !file.starts_with(b"\xEF\xBB\xBF")
    {
        let other = ImportOptions {
            format: Some(FileFormat::JsonArray),
            ..options
        };
        let again = import(as_array(file).as_slice(), &other).expect("the same rows, in an array");
        let inputs = |tasks: &Import| {
            tasks
                .tasks
                .iter()
                .map(|t| (t.row, t.external_id.clone(), t.input.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(inputs(read), inputs(&again));
    }
});
