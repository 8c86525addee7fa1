//! What is wrong with a profile, line by line, and what to write instead.

mod values;

use mykarte::record::catalogue;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::check::What;
use mykarte::record::profile::document::Vital;
use mykarte::record::{Section, catalogue::Part};

/// A problem in words.
pub fn what(what: &What, language: Language) -> String {
    let (ja, en) = match what {
        What::Empty => (
            "ファイルが空です。profile new で作り始められます。".into(),
            "the file is empty; `profile new` makes one to begin with.".into(),
        ),
        What::NotJson => return not_json(language).to_string(),
        What::WrongValue { wanted } => values::wrong(wanted),
        What::Missing { key } => {
            (format!("「{key}」がありません。書き加えてください。"), format!("'{key}' is missing; add it."))
        }
        What::Years { months } => values::years(*months),
        What::UnknownKey { key, nearest } => unknown_key(key, nearest.as_deref()),
        What::RepeatedKey { key } => {
            (format!("「{key}」が2度あります。1つにしてください。"), format!("'{key}' stands twice; keep one."))
        }
        What::GoesWith { key, owner } => (
            format!("「{key}」は「{owner}」といつも一緒です。この行を消して {owner} で選んでください。"),
            format!("'{key}' always goes with '{owner}'; remove this line and set {owner}."),
        ),
        What::Subject { key } => (
            format!("「{key}」は区分を出せば必ず出ます。この行を消してください。"),
            format!("'{key}' is there whenever its section is; remove this line."),
        ),
        What::BadId => (
            "識別子は英小文字・数字・ハイフンで書いてください（最初は英小文字か数字）。".into(),
            "an id is made of a-z, 0-9 and hyphens, and begins with a letter or digit.".into(),
        ),
        What::Blank { key } => values::blank(key),
        What::ControlCharacter { key } => (
            format!("{key} に改行などの制御文字か、見えない文字があります。1行の文字で書いてください。"),
            format!("{key} holds a control or an invisible character; write plain text on one line."),
        ),
        What::NoVersion => (
            "version は 1 から 4294967295 までの整数にしてください。".into(),
            "version is a whole number from 1 to 4294967295.".into(),
        ),
        What::UnknownFormat { .. } | What::NoPeriodHere { .. } | What::BadPeriod { .. } => limits(what, language),
        What::NotAcknowledged { item } => not_acknowledged(*item, language),
        What::Repeats { item } => (
            format!("{}の承認（acknowledged）が2つあります。1つにしてください。", vital(*item, language)),
            format!("{} is acknowledged twice; keep one.", vital(*item, language)),
        ),
        warning => return self::warning(warning, language),
    };
    language.pick(&ja, &en).to_string()
}

/// Of profiles and withholding lists.
pub fn not_json(language: Language) -> &'static str {
    language.pick(
        "ここで JSON として読めなくなります。この行か前の行のカンマ・引用符・括弧を確かめてください。",
        "no JSON from here on; check commas, quotes and brackets of this line and the one before.",
    )
}

fn unknown_key(key: &str, nearest: Option<&str>) -> (String, String) {
    match nearest {
        Some(near) => (
            format!("「{key}」というキーはありません。もしかして {near}"),
            format!("there is no '{key}'. Perhaps {near}"),
        ),
        None => (
            format!("「{key}」というキーはありません。書けるキーは profile schema で確かめられます。"),
            format!("there is no '{key}'; `profile schema` has the keys."),
        ),
    }
}

fn limits(what: &What, language: Language) -> (String, String) {
    match what {
        What::UnknownFormat { format } => (
            format!("書式 {format} はこの版では読めません。format は 1 にしてください。"),
            format!("form {format} is not known to this version; format is 1."),
        ),
        What::NoPeriodHere { section } => {
            let name = labels::section(*section, language);
            (
                format!("{name}は期間で区切れません。period を消してください。"),
                format!("{name} cannot be cut by age; remove period."),
            )
        }
        _ => (
            "期間は 1〜1800 か月で書いてください（5年なら 60）。".into(),
            "a period is 1 to 1800 months (60 for five years).".into(),
        ),
    }
}

fn not_acknowledged(item: Vital, language: Language) -> (String, String) {
    let (name, key) = (vital(item, language), item.section().key());
    (
        format!(
            "{name}を出さないなら、acknowledged に item \"{key}\"、reason、approved_by、date を書いてください。出すなら show を true に。"
        ),
        format!(
            "to hide {name}, add item \"{key}\", reason, approved_by and date to acknowledged; or set show to true."
        ),
    )
}

fn vital(item: Vital, language: Language) -> &'static str {
    labels::section(item.section(), language)
}

fn warning(what: &What, language: Language) -> String {
    let section = |section: &Section| labels::section(*section, language);
    let (ja, en) = match what {
        What::AllHidden => {
            ("どの区分も出していません。患者には何も見えません。".into(), "nothing at all is shown.".into())
        }
        What::NoUniversity => (
            "university がありません。患者に大学・病院の名前が示されません。".into(),
            "there is no university; patients are not told whose profile it is.".into(),
        ),
        What::NoContact => (
            "contact がありません。患者に問い合わせ先が示されません。".into(),
            "there is no contact; patients are told nobody to ask.".into(),
        ),
        What::IdentityHidden { key } => {
            let name = catalogue::label(Section::Basics, key, language);
            (
                format!("{name}を出していません。別人の記録に気づきにくくなります。"),
                format!("{name} is hidden; another person's record is hard to notice."),
            )
        }
        What::SubjectOnly { section: s } => {
            let subject = catalogue::fields(*s).find(|f| f.part == Part::Subject).map_or("", |f| f.name(language));
            (
                format!("{}は{subject}のほかに何も出していません。fields を確かめてください。", section(s)),
                format!("{}: nothing but {subject} is shown; check its fields.", section(s)),
            )
        }
        What::FieldsOfHidden { section: s } => (
            format!("{}は出さないので、ここの項目は出ません。", section(s)),
            format!("{} is hidden, and so are these fields.", section(s)),
        ),
        What::MessageOfShown { section: s } => (
            format!("{}は出すので、この message はだれにも見えません。", section(s)),
            format!("{} is shown, so nobody sees this message.", section(s)),
        ),
        What::ReasonsWithoutDiagnoses => (
            "病名を出さないので、入院の事由（入院時病名）も出ません。".into(),
            "reasons for admission come from the diagnoses, which are hidden.".into(),
        ),
        What::DrugsInOthers { item } => (
            format!("{}を出さなくても、その他の明細に薬の名前が出ることがあります。", vital(*item, language)),
            format!("{}: hidden, but drugs may stand in the lines of Others.", vital(*item, language)),
        ),
        What::ThinsOutDrugs { key } => (
            format!(
                "{key} により、医師が知るべき薬が出ないことがあります。断り書きは一般的なものだけです。承認者に確かめてください。"
            ),
            format!(
                "{key} may keep out drugs that a doctor has to know of, with a general notice only; ask whoever approves."
            ),
        ),
        What::ThinsOutDepartments => (
            "exclude.departments により、その診療科の処方・注射も出ません。医師が知るべき薬が出ないことがあり、断り書きは一般的なものだけです。承認者に確かめてください。".into(),
            "exclude.departments keeps out prescriptions and injections of these departments, too: drugs that a doctor may have to know of, with a general notice only; ask whoever approves.".into(),
        ),
        What::FutureDate { item } => (
            format!("{}の承認の日（date）がまだ来ていません。年月日を確かめてください。", vital(*item, language)),
            format!("{} is acknowledged on a day that is still to come; check the date.", vital(*item, language)),
        ),
        What::NeedlessAcknowledgement { item } => (
            format!("{}は出すので、承認（acknowledged）は要りません。", vital(*item, language)),
            format!("{} is shown and needs no acknowledgement.", vital(*item, language)),
        ),
        other => return codes(other, language),
    };
    language.pick(&ja, &en).to_string()
}

fn codes(what: &What, language: Language) -> String {
    let (ja, en) = match what {
        What::ExclusionOfHidden { key } => (
            format!("{key} の効く区分を1つも出していません。"),
            format!("all sections that {key} could match are hidden."),
        ),
        What::NeverMatches { code } => (
            format!("コード「{code}」はこの体系の形でなく、何にも当たりません。桁数と空白を確かめてください。"),
            format!("'{code}' is no code of this system and never matches; check its length and spaces."),
        ),
        What::UnknownDepartment { code } => (
            format!("診療科「{code}」は標準の表（0069）にありません。病院独自のコードならこのままで構いません。"),
            format!("'{code}' is no department of table 0069; right only if it is the hospital's own code."),
        ),
        // Every other kind has its words above.
        _ => (String::new(), String::new()),
    };
    language.pick(&ja, &en).to_string()
}
