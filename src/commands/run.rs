//! What every command has at hand: messages, printer, settings, and the world outside.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use crate::config::{Flags, Settings};
use crate::context::Context;
use crate::i18n::{Language, Messages};
use crate::output::format::render;
use crate::output::{Answer, ExitStatus, Format, Printer};
use crate::transport::{ReqwestTransport, TransportOptions};

/// One run of one command.
pub struct Run {
    /// Clock, environment, transport.
    pub context: Context,
    /// Flags, environment and configuration file.
    pub settings: Settings,
    /// Texts in the user's language.
    pub messages: Messages,
    /// Where answers and talk go.
    pub printer: Printer,
}

impl Run {
    /// Reads the settings and prepares the way to the network. What fails comes with the means to say so.
    pub fn prepare(
        flags: &Flags,
        environment: BTreeMap<String, String>,
        printer: Printer,
    ) -> Result<Self, (Failure, Printer, Messages)> {
        let language = flags.language.as_deref().and_then(|tag| tag.parse().ok());
        let language = language.unwrap_or_else(|| Language::detect(&environment));
        match ready(flags, environment) {
            Ok((context, settings)) => Ok(Self {
                context,
                messages: Messages::new(settings.language.value),
                settings,
                printer,
            }),
            Err(failure) => Err((failure, printer, Messages::new(language))),
        }
    }

    /// Prints an answer and passes its status on.
    pub fn answer(
        &self,
        answer: &Answer<'_>,
        format: Format,
        status: ExitStatus,
    ) -> Result<ExitStatus, Failure> {
        let internal = |error| Failure::new(ExitStatus::Internal, error).hint("hint-report");
        let text = render(answer, format, self.printer.surface())
            .map_err(|error| internal(Box::<dyn std::error::Error + Send + Sync>::from(error)))?;
        self.print(&text)?;
        Ok(status)
    }

    /// Writes text to the answer's sink.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.printer
            .answer(text)
            .map_err(|cause| Failure::new(ExitStatus::Internal, PrintError(cause)))
    }

    /// Says that a file was written.
    pub fn say_saved(&self, path: &Path) {
        let path = path.display().to_string();
        self.printer.information(
            &self
                .messages
                .text_with("inventory-saved", &[("path", path.into())]),
        );
    }
}

fn ready(
    flags: &Flags,
    environment: BTreeMap<String, String>,
) -> Result<(Context, Settings), Failure> {
    let transport = |options: &TransportOptions| {
        ReqwestTransport::new(options)
            .map(Arc::new)
            .map_err(Failure::usage)
    };
    let mut options = TransportOptions::default();
    let mut context = Context::system(environment, transport(&options)?);
    let settings = Settings::load(flags, &context)?;
    if let Some(pem) = settings.ca_pem()? {
        options.extra_authorities = Some(pem);
        context.transport = transport(&options)?;
    }
    Ok((context, settings))
}

#[derive(Debug, thiserror::Error)]
#[error("the answer cannot be written to stdout")]
struct PrintError(#[source] std::io::Error);
