//! CSV: what an independent writer writes, we read; and where we read, an independent reader reads the same.

#![no_main]

use std::sync::{Arc, LazyLock};

use cofferdam_fuzz::Numbers;
use cofferdam_work::import::{FileFormat, ImportOptions, import};
use cofferdam_work::template::{Template, TemplateKind};
use libfuzzer_sys::fuzz_target;

/// The cells that the input asks for: texts between zero bytes.
fn cells(data: &[u8]) -> Vec<String> {
    let cells = data
        .split(|byte| *byte == 0)
        .map(|cell| String::from_utf8_lossy(cell).into_owned());
    cells.collect()
}

/// Compiled once: it takes a thousand times as long as a small file.
static TEMPLATE: LazyLock<Arc<Template>> =
    LazyLock::new(|| Arc::new(Template::builtin(TemplateKind::Freeform).expect("a built-in template")));

fuzz_target!(|data: &[u8]| {
    let mut numbers = Numbers(data);
    let style = numbers.byte();
    let delimiter = [b',', b';', b'\t', b','][usize::from(style & 3)];
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(if style & 4 == 0 {
            csv::Terminator::Any(b'\n')
        } else {
            csv::Terminator::CRLF
        })
        .quote_style(if style & 8 == 0 {
            csv::QuoteStyle::Necessary
        } else {
            csv::QuoteStyle::Always
        })
        .from_writer(Vec::new());
    writer.write_record(["body", "title"]).expect("in memory");
    let mut rows = Vec::new();
    for pair in cells(numbers.0).chunks_exact(2) {
        writer.write_record(pair).expect("in memory");
        rows.push(pair.to_vec());
    }
    let file = writer.into_inner().expect("in memory");
    let options = ImportOptions {
        format: Some(FileFormat::Csv),
        template: Some(TEMPLATE.clone()),
        ..ImportOptions::default()
    };
    let Ok(read) = import(file.as_slice(), &options) else {
        return;
    };
    assert_eq!(read.tasks.len(), rows.len());
    for (task, row) in read.tasks.iter().zip(&rows) {
        assert_eq!(task.input["body"], row[0]);
        assert_eq!(
            task.input
                .get("title")
                .and_then(|title| title.as_str())
                .unwrap_or_default(),
            row[1]
        );
    }
});
