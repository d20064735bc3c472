//! Documents that are generated, held against what they are generated from; and the links of all documents.
//!
//! `YUNSWEEP_BLESS=1 cargo test --test documents` writes them anew.
#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use yunsweep::commands;
use yunsweep::config::environment;
use yunsweep::output::view::policy;
use yunsweep::output::view::types::actions;
use yunsweep::output::{ExitStatus, console};
use yunsweep::resources::{Billing, ListedPer, RESOURCE_TYPES, Risk, Spec};

const GENERATED: &str =
    "<!-- Generated: `YUNSWEEP_BLESS=1 cargo test --test documents`. Do not edit. -->";
const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_default()
}

/// The file must have this text; when asked to, gives it the text.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, not for the program"
)]
fn hold(name: &str, wanted: &str) {
    if read(name) == wanted {
        return;
    }
    if std::env::var("YUNSWEEP_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(root().join(name), wanted).expect("a writable document");
        return;
    }
    panic!(
        "{name} is stale: run `YUNSWEEP_BLESS=1 cargo test --test documents` and read the difference"
    );
}

fn specs() -> impl Iterator<Item = &'static Spec> {
    RESOURCE_TYPES.iter().map(|found| found.spec())
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn resource_types() -> String {
    let mut text = format!(
        "# Resource types\n\n{GENERATED}\n\n\
         {} types. *Listed per* says what one cell of the coverage is; *destroys* what a deletion could destroy for good,\n\
         *deleted* whether a teardown can take it down.\n\n\
         | type | what it is | listed per | billed | deleted | destroys | operations |\n|---|---|---|---|---|---|---|\n",
        RESOURCE_TYPES.len()
    );
    for found in RESOURCE_TYPES {
        let spec = found.spec();
        let deleted = match found.teardown() {
            Some(_) => "yes",
            None => "no, list only",
        };
        let listed_per = match spec.listed_per {
            ListedPer::Account => "account".to_owned(),
            ListedPer::Region => "region".to_owned(),
            ListedPer::Parent(parent) => format!("`{parent}`"),
            ListedPer::RegionAndParent(parent) => format!("region, `{parent}`"),
        };
        let billed = match spec.billing {
            Billing::Charged => "yes",
            Billing::Free => "no",
        };
        let destroys = match spec.risk {
            Risk::Data => "data",
            Risk::Service => "a service in use",
            Risk::None => "nothing",
        };
        let operations: Vec<String> = actions(spec)
            .iter()
            .map(|action| format!("`{action}`"))
            .collect();
        writeln!(
            text,
            "| [`{}`]({}) | {} / {} | {listed_per} | {billed} | {deleted} | {destroys} | {} |",
            spec.type_id,
            spec.docs,
            cell(spec.title.en),
            cell(spec.title.zh),
            operations.join(", "),
        )
        .expect("a text grows");
    }
    text
}

/// The types with a page in the web console, and those without.
fn console_links() -> String {
    let mut text = format!(
        "# Links to the console\n\n{GENERATED}\n\n\
         `inventory` (`-o wide`, `csv`, `json`, `jsonl`) and `why` link a resource to its page in the web console of its account's site: `console_url`.\n\
         Only addresses that a source shows are made. On the international site (`alibabacloud.com`) there is a link where the vendor's documentation\n\
         shows the product's console there; that the path is the same as on the Chinese one is not verified for each. Objects in a cluster lead to\n\
         their cluster's page. Ids are percent-encoded. A snapshot holds no links.\n\n\
         | type | page on aliyun.com | international site |\n|---|---|---|\n"
    );
    for page in console::PAGES {
        let site = if page.is_international { "yes" } else { "no" };
        writeln!(
            text,
            "| `{}` | `https://{}.console.aliyun.com{}` | {site} |",
            page.type_id, page.host, page.path
        )
        .expect("a text grows");
    }
    text.push_str("\n## Types without a link\n\nNo source shows the address of their page.\n\n");
    for spec in specs().filter(|spec| !spec.type_id.is_kubernetes()) {
        let type_id = spec.type_id.as_str();
        if console::PAGES.iter().all(|page| page.type_id != type_id) {
            writeln!(text, "- `{type_id}`").expect("a text grows");
        }
    }
    text
}

fn unverified() -> String {
    let mut text = format!(
        "# What no source confirms\n\n{GENERATED}\n\n\
         yunsweep was built from the vendor's documentation and SDK packages. Where these say nothing, it takes the safe side and says so\n\
         here. Whoever sees one of these points on a real account: please tell, with the date.\n\n## Resource types\n\n"
    );
    for spec in specs() {
        for point in spec.unverified {
            writeln!(text, "- `{}`: {point}", spec.type_id).expect("a text grows");
        }
    }
    text.push_str("\n## Code\n\nComments marked with “Unverified:”.\n\n");
    for (file, point) in marked_comments() {
        writeln!(text, "- `{file}`: {point}").expect("a text grows");
    }
    text.push_str("\n## What the emulator does\n\n");
    for assumed in yunsweep::emulator::assumptions() {
        writeln!(text, "- `{}`: {}", assumed.id, assumed.text).expect("a text grows");
    }
    text.push_str("\n## The emulator's world\n\n");
    text.push_str(&assumptions_of_scenarios());
    text
}

/// The help of every command, as clap prints it.
fn commands_page() -> String {
    let mut text = format!("# Commands\n\n{GENERATED}\n");
    let command = commands::command_line().term_width(100);
    let mut open = vec![(command.get_name().to_owned(), command)];
    while let Some((name, mut command)) = open.pop() {
        command.build();
        let help: Vec<String> = command
            .render_long_help()
            .to_string()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        // The global options stand once, under the program itself.
        let own = help
            .iter()
            .take_while(|line| name == "yunsweep" || *line != "Global options:")
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        write!(text, "\n## {name}\n\n```text\n{}\n```\n", own.trim_end()).expect("a text grows");
        let mut below: Vec<_> = command
            .get_subcommands()
            .filter(|found| found.get_name() != "help")
            .map(|found| {
                let name = format!("{name} {}", found.get_name());
                (name.clone(), found.clone().bin_name(name).term_width(100))
            })
            .collect();
        below.reverse();
        open.extend(below);
    }
    text
}

/// Every environment variable that is read.
fn environment_page() -> String {
    let mut text =
        format!("# Environment variables\n\n{GENERATED}\n\nAn empty variable counts as not set.\n");
    let mut topic = None;
    let mut variables: Vec<_> = environment::ALL.iter().collect();
    variables.sort_by_key(|variable| variable.topic);
    for variable in variables {
        if topic != Some(variable.topic) {
            topic = Some(variable.topic);
            write!(
                text,
                "\n## {:?}\n\n| variable | meaning |\n|---|---|\n",
                variable.topic
            )
            .expect("a text grows");
        }
        let secret = if variable.is_secret { " (secret)" } else { "" };
        writeln!(
            text,
            "| `{}` | {}{secret} |",
            variable.name,
            cell(variable.meaning)
        )
        .expect("a text grows");
    }
    text
}

/// The lines of a document's code blocks that call yunsweep, without comments.
fn calls(text: &str) -> Vec<String> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .flat_map(str::lines)
        .map(|line| {
            line.split(" # ")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .filter(|line| line.starts_with("yunsweep "))
        .collect()
}

/// The comments of the source that are marked with `Unverified:`, by file.
fn marked_comments() -> Vec<(String, String)> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    files.sort();
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|found| found == "rs"))
    {
        let text = std::fs::read_to_string(file).expect("a source file");
        let name = file.strip_prefix(root()).expect("below the root");
        for point in points(&text) {
            found.push((name.display().to_string(), point));
        }
    }
    found
}

/// The comments with the mark, whole: a comment ends at an empty line of it or at code.
fn points(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let trimmed = line.trim_start();
        let words = trimmed.trim_start_matches(['/', '!']).trim();
        if trimmed.starts_with("//") && !words.is_empty() {
            open.push(words);
            continue;
        }
        let comment = open.join(" ");
        open.clear();
        if comment.contains("Unverified: ") {
            found.push(comment);
        }
    }
    found
}

/// The lists of the scenarios' README that say what is assumed.
fn assumptions_of_scenarios() -> String {
    let readme = read("src/emulator/scenarios/README.md");
    let lists: Vec<&str> = readme
        .split("\n## ")
        .filter_map(|section| section.split_once("\n\n"))
        .filter(|(heading, _)| heading.contains("assumes"))
        .map(|(_, list)| list.trim_end())
        .collect();
    assert!(
        !lists.is_empty(),
        "the scenarios' README lists what is assumed"
    );
    format!("{}\n", lists.join("\n"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && !matches!(name.to_str(), Some("target" | ".git" | ".venv")) {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The document with the text between two marks replaced.
fn with_block(document: &str, name: &str, block: &str) -> String {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), "<!-- end -->");
    let (before, rest) = document
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no block {name}"));
    let (_, after) = rest
        .split_once(end)
        .unwrap_or_else(|| panic!("block {name} has no end"));
    format!("{before}{begin}{block}{end}{after}")
}

#[test]
fn the_list_of_resource_types_is_current() {
    hold("docs/resource-types.md", &resource_types());
}

#[test]
fn the_list_of_console_links_is_current() {
    hold("docs/console-links.md", &console_links());
}

#[test]
fn the_page_of_commands_is_current() {
    hold("docs/commands.md", &commands_page());
}

#[test]
fn the_page_of_environment_variables_is_current() {
    hold("docs/environment.md", &environment_page());
}

#[test]
fn documented_calls_are_calls_that_the_program_takes() {
    let mut seen = 0;
    for name in [
        READMES[0],
        READMES[1],
        "docs/guide.md",
        "docs/adding-a-resource.md",
    ] {
        for call in calls(&read(name)) {
            let words = shlex::split(&call).unwrap_or_else(|| panic!("{name}: {call}"));
            if let Err(error) = commands::command_line().try_get_matches_from(words) {
                panic!("{name}: {call}: {error}");
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} calls were found");
}

#[test]
fn the_list_of_unverified_points_is_current() {
    hold("docs/unverified.md", &unverified());
}

#[test]
fn a_marked_comment_is_found_whole() {
    let text = "/// A rule. Unverified: that it\n    /// holds.\n    fn f() {}\n\n// One.\n//\n// Unverified: two.\n//\n// Not this.\n";
    assert_eq!(
        points(text),
        ["A rule. Unverified: that it holds.", "Unverified: two."]
    );
}

/// One test for both parts of a file: when asked to, it writes the file once.
#[test]
fn the_readmes_print_the_ram_policy_and_the_exit_statuses() {
    let policy = serde_json::to_string_pretty(&policy::read_only(RESOURCE_TYPES)).expect("JSON");
    let mut statuses = "\n| exit status | meaning |\n|---|---|\n".to_owned();
    for status in ExitStatus::ALL {
        writeln!(
            statuses,
            "| {} | {} |",
            status.code(),
            cell(status.meaning())
        )
        .expect("a text grows");
    }
    statuses.push('\n');
    for name in READMES {
        let mut wanted = with_block(
            &read(name),
            "ram-policy",
            &format!("\n```json\n{policy}\n```\n\n"),
        );
        if name == "README.md" {
            wanted = with_block(&wanted, "exit-statuses", &statuses);
        }
        hold(name, &wanted);
    }
}

/// The Chinese table is written by hand; its numbers must be all there, in order.
#[test]
fn the_chinese_readme_lists_the_same_exit_statuses() {
    let codes: Vec<u8> = read("README.zh-CN.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | ")?.0.parse().ok())
        .collect();
    let wanted: Vec<u8> = ExitStatus::ALL.iter().map(|status| status.code()).collect();
    assert_eq!(codes, wanted);
}

#[test]
fn the_chinese_readme_mirrors_the_english_one() {
    let shape = |name: &str| {
        let text = read(name);
        let headings: Vec<usize> = text
            .lines()
            .filter(|line| line.starts_with('#') && line.contains(' '))
            .map(|line| line.chars().take_while(|c| *c == '#').count())
            .collect();
        let mut blocks = Vec::new();
        for (number, part) in text.split("```").enumerate() {
            // The second, fourth, ... part is code. Comments may be translated, commands not.
            if number % 2 == 1 {
                let commands: Vec<String> = part
                    .lines()
                    .map(|line| {
                        line.split(" #")
                            .next()
                            .unwrap_or_default()
                            .trim()
                            .to_owned()
                    })
                    .filter(|line| !line.is_empty() && !line.starts_with('#'))
                    .collect();
                blocks.push(commands);
            }
        }
        (headings, blocks)
    };
    let (english, chinese) = (shape(READMES[0]), shape(READMES[1]));
    assert_eq!(english.0, chinese.0, "the headings");
    assert_eq!(english.1, chinese.1, "the commands");
}

#[test]
fn two_commands_do_all_set_up() {
    for name in READMES {
        let text = read(name);
        let first = text.split("```").nth(1).expect("a block of commands");
        let commands: Vec<&str> = first
            .lines()
            .skip(1)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(
            commands,
            ["cargo run --release -- demo", "cargo test"],
            "{name}"
        );
    }
}

#[test]
fn links_of_documents_lead_somewhere() {
    let mut files = Vec::new();
    walk(root(), &mut files);
    let documents: Vec<_> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|found| found == "md"))
        .collect();
    assert!(documents.len() > 5);
    let mut lost = BTreeSet::new();
    for document in documents {
        let text = std::fs::read_to_string(document).expect("a document");
        for target in targets(&text) {
            let folder = document.parent().expect("a folder");
            if !folder.join(&target).exists() {
                lost.insert(format!(
                    "{}: {target}",
                    document
                        .strip_prefix(root())
                        .expect("below the root")
                        .display()
                ));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Where the relative links of a document lead, without their anchors.
fn targets(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}
