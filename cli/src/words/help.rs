//! The help texts, given to the commands.

mod drill;
mod issuer;
mod packages;
mod texts;

use clap::{Arg, ArgAction, Command};
use drill::DRILL;
use issuer::ISSUER;
use mykarte::record::labels::Language;
use packages::PACKAGES;
use texts::TEXTS;

const TEMPLATE: (&str, &str) = ("{about}\n\n使い方: {usage}\n\n{all-args}", "{about}\n\nUsage: {usage}\n\n{all-args}");

fn text(command: &str, argument: &str, language: Language) -> &'static str {
    let row = |command| {
        TEXTS.iter().chain(PACKAGES).chain(ISSUER).chain(DRILL).find(|(c, a, _, _)| *c == command && *a == argument)
    };
    row(command).or_else(|| row("*")).map_or("", |(_, _, ja, en)| language.pick(ja, en))
}

/// Gives a program and all its commands their texts. `program`: under which name they stand in the tables.
pub fn localise(program: &str, command: Command, language: Language) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help(text("*", "version", language)).help_heading(options(language));
    let root = one(command, program, language).disable_version_flag(true).arg(version);
    root.mut_subcommands(|sub| below(program, sub, language))
}

/// A subcommand of a command, and all below it.
fn below(command: &str, sub: Command, language: Language) -> Command {
    let name = [command, sub.get_name()].join(" ").trim_start().to_string();
    one(sub, &name, language).mut_subcommands(|sub| below(&name, sub, language))
}

fn one(command: Command, name: &str, language: Language) -> Command {
    let (ja, en) = TEMPLATE;
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(text("*", "help", language));
    let command = command.disable_help_subcommand(true).subcommand_help_heading(language.pick("コマンド", "Commands"));
    let command = command.about(text(name, "", language)).help_template(language.pick(ja, en).to_string());
    let command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { language.pick("引数", "Arguments") } else { options(language) };
        let help = text(name, arg.get_id().as_str(), language);
        let arg = arg.help(help).help_heading(heading);
        // The texts say it already; flags have nothing to hide.
        if arg.get_action().takes_values() { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
    });
    command.disable_help_flag(true).arg(help.help_heading(options(language)))
}

fn options(language: Language) -> &'static str {
    language.pick("オプション", "Options")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn missing(command: &Command, name: &str, found: &mut Vec<String>) {
        for arg in [""].into_iter().chain(command.get_arguments().map(|a| a.get_id().as_str())) {
            if !matches!(arg, "help" | "lang") && text(name, arg, Language::Ja).is_empty() {
                found.push(format!("{name} {arg}"));
            }
        }
        for sub in command.get_subcommands() {
            missing(sub, [name, sub.get_name()].join(" ").trim_start(), found);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_help() {
        let mut found = Vec::new();
        missing(&crate::args::Cli::command(), "", &mut found);
        missing(&crate::issuer::Issuer::command(), "issuer", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
