//! Values of the wrong kind, dates, and what departments take with them.

use super::{Wanted, What, check, check_on};
use crate::profile::GEMINI_STANDARD;
use crate::profile::document::Vital;
use crate::profile::tests::{changed, pretty, what};
use serde_json::{Value, json};

#[test]
fn every_value_of_another_kind_is_told_at_once_and_what_it_must_be() {
    let wanted = |change: fn(&mut Value)| match &what(&changed(change))[..] {
        [What::WrongValue { wanted }] => wanted.clone(),
        other => panic!("{other:?}"),
    };
    let version = Wanted::Whole { min: 1, max: u32::MAX };
    for wrong in [json!(-1), json!(99_999_999_999_u64), json!(1.5), json!("1"), json!(null)] {
        assert_eq!(what(&changed(|p| p["version"] = wrong)), [What::WrongValue { wanted: version.clone() }]);
    }
    assert_eq!(wanted(|p| p["contact"] = json!(["a"])), Wanted::Text);
    assert_eq!(wanted(|p| p["withholding"] = json!("yes")), Wanted::Switch);
    assert_eq!(wanted(|p| p["sections"]["labs"]["period"] = 60.into()), Wanted::Months { found: Some(60) });
    let code = |system, found: &str| Wanted::Code { system, found: Some(found.into()) };
    assert_eq!(wanted(|p| p["exclude"] = json!({ "drugs": ["1136"] })), code("YJ", "1136"));
    assert_eq!(wanted(|p| p["exclude"] = json!({ "tests": [5] })), code("JC10", "5"));
    assert_eq!(wanted(|p| p["exclude"] = json!({ "departments": "12" })), Wanted::List);
    let approved = |item: &str, date: Value| json!([{ "item": item, "reason": "r", "approved_by": "a", "date": date }]);
    for date in [json!(null), json!("2026/04/01"), json!(20260401)] {
        assert_eq!(
            what(&changed(|p| p["acknowledged"] = approved("allergies", date))),
            [What::WrongValue { wanted: Wanted::Date }]
        );
    }
    let vital = Wanted::OneOf(Vital::ALL.map(|v| v.section().key().to_string()).to_vec());
    assert_eq!(
        what(&changed(|p| p["acknowledged"] = approved("labs", "2026-04-01".into()))),
        [What::WrongValue { wanted: vital }]
    );
    assert_eq!(what(&changed(|p| p["contact"] = json!(null))), [What::NoContact], "nothing is as good as no line");
    let several = changed(|p| {
        p["name"] = 1.into();
        p["sections"]["labs"] = json!({ "fields": {} });
        p["sections"]["memos"]["show"] = 1.into();
    });
    assert_eq!(several.len(), 3, "{several:?}");
    assert!(what(&several).contains(&What::Missing { key: "show".into() }));
    let years = |years: Value| what(&changed(|p| p["sections"]["labs"]["period"] = json!({ "years": years })));
    assert_eq!(years(json!(5)), [What::Years { months: Some(60) }]);
    assert_eq!(years(json!("5")), [What::Years { months: None }]);
}

#[test]
fn dates_are_held_against_a_day_that_is_given() {
    let mut value: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
    value["sections"]["allergies"] = json!({ "show": false });
    value["acknowledged"] =
        json!([{ "item": "allergies", "reason": "別に渡す", "approved_by": "部長", "date": "2026-11-22" }]);
    let text = pretty(&value);
    let future = What::FutureDate { item: Vital::Allergies };
    for (day, is_future) in [("2026-11-21", true), ("2026-11-22", false)] {
        let found = check_on(&text, Some(day.parse().expect("a day"))).problems;
        assert_eq!(what(&found).contains(&future), is_future, "{day}");
        assert!(found.iter().all(|p| !p.is_error()));
    }
    assert!(!what(&check(&text).problems).contains(&future));
}

#[test]
fn departments_take_their_drugs_with_them_and_that_is_said() {
    let of = |change: fn(&mut Value)| what(&changed(change));
    assert_eq!(of(|p| p["exclude"] = json!({ "departments": ["12"] })), [What::ThinsOutDepartments]);
}
