//! One printer decides the three sinks: the answer (stdout), talk (stderr) and progress (stderr, terminals only).

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use super::color::{ColorChoice, Style, is_colored};
use super::format::Surface;
use super::progress::Progress;
use super::sanitize;
use crate::i18n::Messages;

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrinterOptions {
    /// How often `-q` was given: once silences progress and information, twice warnings too.
    pub quiet: u8,
    /// Whether progress is unwanted.
    pub no_progress: bool,
    /// Colour.
    pub color: ColorChoice,
}

/// Where the sinks end.
pub struct Streams {
    /// Takes the answer.
    pub stdout: Box<dyn Write + Send>,
    /// Takes talk.
    pub stderr: Box<dyn Write + Send>,
    /// Whether the answer is read on a terminal.
    pub is_stdout_terminal: bool,
    /// Whether talk is read on a terminal.
    pub is_stderr_terminal: bool,
    /// Columns of the terminal, where it has any.
    pub width: Option<usize>,
}

impl Streams {
    /// The streams of the process.
    pub fn system() -> Self {
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            // Anstream shows colour on old Windows consoles too; whether there is colour we decided before.
            stdout: Box::new(anstream::AutoStream::always(io::stdout())),
            stderr: Box::new(anstream::AutoStream::always(io::stderr())),
            is_stdout_terminal: io::stdout().is_terminal(),
            is_stderr_terminal: io::stderr().is_terminal(),
            width,
        }
    }
}

/// Prints.
pub struct Printer {
    stdout: Mutex<Box<dyn Write + Send>>,
    stderr: Mutex<Box<dyn Write + Send>>,
    surface: Surface,
    is_stderr_colored: bool,
    says_information: bool,
    says_warnings: bool,
    shows_progress: bool,
}

/// Narrower than this nothing can be laid out; a terminal that claims less is not believed.
const LEAST_WIDTH: usize = 40;

impl Printer {
    /// A printer for these options, streams and environment variables (`COLUMNS` and those of colour).
    pub fn new(
        options: PrinterOptions,
        streams: Streams,
        environment: &BTreeMap<String, String>,
    ) -> Self {
        let columns = environment
            .get("COLUMNS")
            .and_then(|columns| columns.parse().ok());
        let terminal = streams.width.filter(|_| streams.is_stdout_terminal);
        let width = terminal.or(columns).unwrap_or(Surface::PLAIN.width);
        Self {
            surface: Surface {
                width: width.max(LEAST_WIDTH),
                is_colored: is_colored(options.color, streams.is_stdout_terminal, environment),
            },
            is_stderr_colored: is_colored(options.color, streams.is_stderr_terminal, environment),
            says_information: options.quiet == 0,
            says_warnings: options.quiet < 2,
            shows_progress: options.quiet == 0
                && !options.no_progress
                && streams.is_stderr_terminal
                && environment.get("TERM").is_none_or(|term| term != "dumb"),
            stdout: Mutex::new(streams.stdout),
            stderr: Mutex::new(streams.stderr),
        }
    }

    /// Where answers are shown.
    pub fn surface(&self) -> Surface {
        self.surface
    }

    /// Writes a part of the answer. A reader that has gone (`| head`) has read enough: that is no error.
    pub fn answer(&self, text: &str) -> io::Result<()> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Says something to the user that is no part of the answer.
    pub fn information(&self, text: &str) {
        if self.says_information {
            self.talk(&sanitize::lines(text));
        }
    }

    /// Warns.
    pub fn warning(&self, text: &str, messages: &Messages) {
        if self.says_warnings {
            let label =
                Style::Warning.paint(&messages.text("label-warning"), self.is_stderr_colored);
            self.talk(&format!("{label} {}", sanitize::lines(text)));
        }
    }

    /// Reports why the run failed. Never silenced.
    pub fn error(&self, report: &super::report::Report, messages: &Messages) {
        self.talk(report.render(messages, self.is_stderr_colored).trim_end());
    }

    /// Writes text that was made for stderr as it is (usage errors of the command line parser).
    pub fn talk(&self, text: &str) {
        let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        // Where stderr is gone there is nobody left to tell.
        let _ = writeln!(stderr, "{text}").and_then(|()| stderr.flush());
    }

    /// A progress display, invisible where nobody would see it.
    pub fn progress(&self) -> Progress {
        Progress::new(self.shows_progress)
    }
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Printer")
            .field("surface", &self.surface)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::i18n::Language;
    use std::sync::Arc;

    /// A stream that tests read back.
    #[derive(Clone, Default)]
    pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn printer(options: PrinterOptions) -> (Printer, Captured, Captured) {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let streams = Streams {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            is_stdout_terminal: false,
            is_stderr_terminal: false,
            width: None,
        };
        let printer = Printer::new(options, streams, &BTreeMap::new());
        (printer, stdout, stderr)
    }

    #[test]
    fn the_answer_goes_to_stdout_and_talk_to_stderr() {
        let messages = Messages::new(Language::English);
        let (printer, stdout, stderr) = printer(PrinterOptions::default());
        printer.answer("42\n").unwrap();
        printer.information("scanning");
        printer.warning("odd \u{1b}[2J", &messages);
        assert_eq!(stdout.text(), "42\n");
        assert_eq!(stderr.text(), "scanning\nwarning: odd \\u{1b}[2J\n");
    }

    #[test]
    fn quiet_silences_information_first_and_warnings_second() {
        let messages = Messages::new(Language::English);
        for (quiet, expected) in [(1, "warning: odd\n"), (2, "")] {
            let (printer, _, stderr) = printer(PrinterOptions {
                quiet,
                ..PrinterOptions::default()
            });
            printer.information("scanning");
            printer.warning("odd", &messages);
            assert_eq!(stderr.text(), expected);
        }
    }

    #[test]
    fn a_broken_pipe_ends_quietly() {
        let streams = Streams {
            stdout: Box::new(Gone),
            stderr: Box::new(Gone),
            is_stdout_terminal: false,
            is_stderr_terminal: false,
            width: None,
        };
        let printer = Printer::new(PrinterOptions::default(), streams, &BTreeMap::new());
        printer.answer("42\n").unwrap();
        printer.information("nobody listens");
    }

    #[test]
    fn pipes_get_columns_or_a_fixed_width_and_no_colour() {
        let (printer, _, _) = printer(PrinterOptions::default());
        assert_eq!(printer.surface(), Surface::PLAIN);
        let streams = Streams {
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            is_stdout_terminal: false,
            is_stderr_terminal: false,
            width: Some(200),
        };
        let environment = BTreeMap::from([("COLUMNS".to_owned(), "80".to_owned())]);
        let printer = Printer::new(PrinterOptions::default(), streams, &environment);
        assert_eq!(printer.surface().width, 80);
    }
}
