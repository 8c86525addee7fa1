//! The tables themselves: well-formed, complete, and with the pairs that are easily confused kept apart.

use std::collections::{HashMap, HashSet};

use super::{FILES, Table, columns, is_death_disposition, jlac10_category, label, label_en};

/// All rows of all files.
fn rows() -> Vec<[&'static str; 4]> {
    let lines = FILES.iter().flat_map(|file| file.lines());
    lines.map(|line| columns(line).expect("a row has four columns")).collect()
}

#[test]
fn rows_are_well_formed_and_sorted() {
    for file in FILES {
        assert!(file.ends_with('\n') && !file.contains('\r'));
        let keys: Vec<_> = file
            .lines()
            .map(|line| {
                let [name, code, ja, en] = columns(line).expect("a row has four columns");
                for part in [name, code, ja] {
                    assert!(!part.is_empty(), "{line}");
                }
                for part in [name, code, ja, en] {
                    assert_eq!(part, part.trim(), "{line}");
                }
                assert!(code.is_ascii() && en.is_ascii(), "{line}");
                (name, code)
            })
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "sorted, no duplicate");
    }
}

#[test]
fn no_code_twice_in_one_table() {
    let mut seen = HashSet::new();
    for [name, code, ..] in rows() {
        assert!(seen.insert((name, code)), "{name} {code}");
    }
}

#[test]
fn tables_and_tsv_names_are_the_same() {
    let in_files: HashSet<_> = rows().into_iter().map(|[name, ..]| name).collect();
    let in_code: HashSet<_> = Table::ALL.iter().map(|table| table.name()).collect();
    assert_eq!(in_files, in_code);
    assert_eq!(in_code.len(), Table::ALL.len());
}

#[test]
fn every_row_answers() {
    let tables: HashMap<_, _> = Table::ALL.iter().map(|&table| (table.name(), table)).collect();
    for [name, code, ja, en] in rows() {
        assert_eq!(label(tables[name], code), Some(ja), "{name} {code}");
        assert_eq!(label_en(tables[name], code).unwrap_or(""), en, "{name} {code}");
    }
}

#[test]
fn hl7_tables_have_english_and_japanese_ones_do_not() {
    for [name, code, _, en] in rows() {
        let is_hl7 = name.starts_with("HL7") && name != "HL70069";
        assert_eq!(is_hl7, !en.is_empty(), "{name} {code}");
    }
}

#[test]
fn known_pairs_of_hl7_tables() {
    use Table::*;
    for (table, code, ja) in [
        (Sex0001, "F", "女性"),
        (PatientClass0004, "I", "入院患者"),
        (PatientClass0004, "E", "救急患者"),
        (OrderStatus0038, "CM", "オーダが完了した"),
        (EventReason0062, "02", "医者／医療提供者のオーダ"),
        (Relationship0063, "SPO", "配偶者"),
        (AbnormalFlag0078, "H", "高値"),
        (AbnormalFlag0078, "LL", "異常低値(パニック)"),
        (AbnormalFlag0078, "<", "測定下限未満"),
        (AbnormalFlag0078, "S", "感性"),
        (ResultStatus0085, "F", "最終"),
        (ResultStatus0085, "S", "一部"),
        (ResultStatus0085, "U", "最終(変更なし)"),
        (OrderControl0119, "NW", "新規オーダ"),
        (OrderControl0119, "OK", "オーダ受付&OK"),
        (ValueType0125, "NM", "数値"),
        (AllergenType0127, "DA", "薬物アレルギー"),
        (AllergySeverity0128, "MO", "中等度"),
        (YesNo0136, "Y", "はい"),
        (Confidentiality0177, "V", "非常に限定"),
        (AddressType0190, "H", "自宅"),
        (NameType0200, "L", "法的な名前"),
        (PhoneUse0201, "PRN", "主要な自宅番号"),
        (PhoneEquipment0202, "CP", "携帯電話"),
        (Outcome0241, "N", "回復せず／変わらない"),
        (ProblemAction0287, "DE", "削除"),
        (LocationType0305, "N", "病棟"),
        (CompletionStatus0322, "PA", "部分実施"),
        (AllergyAction0323, "A", "追加"),
        (DisabilityRelation0334, "PT", "患者"),
        (RepeatPattern0335, "TID", "1日3回"),
        (RepeatPattern0335, "Q6H", "6時間毎"),
        (NameRepresentation0465, "I", "表意文字(漢字)"),
        (OrderType0482, "O", "外来患者オーダ"),
        (Priority0485, "S", "至急"),
    ] {
        assert_eq!(label(table, code), Some(ja), "{table:?} {code}");
    }
}

#[test]
fn known_pairs_of_japanese_tables() {
    use Table::*;
    for (table, code, ja) in [
        (InsuranceTypeJhsd0001, "C0", "国民健康保険"),
        (InsuranceTypeJhsd0001, "D0", "地方公費"),
        (InsuranceTypeJhsd0001, "OE", "自費（保険なし）"),
        (PlanTypeJhsd0002, "47", "沖縄県"),
        (PlanTypeJhsd0002, "K2", "任意継続"),
        (DiagnosisTimingJhsd0004, "O", "外来時"),
        (SuspicionJhsd0005, "1", "疑いあり"),
        (OutcomeJhsd0006, "M", "寛解"),
        (MainDiagnosisJhsd0007, "1", "主診断"),
        (InjectionCategoryJhsi0001, "FTP", "定時処方"),
        (InjectionTypeJhsi0002, "06", "予防接種"),
        (InfusionJhsi0003, "01", "精密持続点滴"),
        (DispensingJhsp0001, "3", "薬剤情報提供文書発行"),
        (DispensingSpecialJhsp0002, "D", "粉砕指示"),
        (BroughtInJhsp0007, "BDP", "持参薬処方"),
        (BloodGroupJshr002, "AB", "AB型"),
        (BloodGroupJshr002, "-", "Rh-"),
        (Jlac10Material, "023", "血清"),
        (Jlac10Material, "070", "組織(含むその他)"),
        (Jlac10Result, "11", "判定(定性)"),
        (DosageFormMr9p, "TPE", "テープ、貼付剤"),
        (UnitMr9p, "ML", "mL"),
        (UnitMr9p, "TAB", "錠"),
        (UnitMr9p, "MCG", "µg"),
        (PrescriptionTypeMr9p, "OHP", "外来処方"),
        (PrescriptionTypeMr9p, "OHI", "院内処方"),
        (PrescriptionTypeMr9p, "OHO", "院外処方"),
        (PrescriptionTypeMr9p, "IHP", "入院処方"),
        (UsageDetailJamisdp01, "2H", "点眼"),
    ] {
        assert_eq!(label(table, code), Some(ja), "{table:?} {code}");
    }
}

#[test]
fn look_alikes_stay_apart() {
    use Table::*;
    // One Japanese word for two routes; the English tells them apart.
    assert_eq!(label(Route0162, "IS"), Some("滑液包内"));
    assert_eq!(label(Route0162, "IB"), Some("滑液包内"));
    assert_eq!(label_en(Route0162, "IS"), Some("Intrasynovial"));
    assert_eq!(label_en(Route0162, "IB"), Some("Intrabursal"));
    // The base is what the additive goes into.
    assert_eq!(label(ComponentType0166, "B"), Some("基本薬剤(溶解液)"));
    assert_eq!(label(ComponentType0166, "A"), Some("添加剤"));
    // One code, another table.
    assert_eq!(label(Device0164, "IVP"), Some("点滴ポンプ"));
    assert_eq!(label(Method0165, "IVP"), Some("静脈注射(push)"));
    assert_eq!(label(Site0163, "OS"), Some("左眼"));
    assert_eq!(label(Site0163, "OD"), Some("右眼"));
    assert_eq!(label(DosageFormMr9p, "TAB"), Some("錠剤"));
    assert_eq!(label(Outcome0241, "M"), None);
    assert_eq!(label(Outcome0241, "R"), Some("回復"));
    assert_eq!(label(UnitMr9p, "MG"), Some("mg"));
    assert_eq!(label(UnitMr9p, "MGBQ"), Some("MBq"));
}

#[test]
fn departments_fall_back_to_their_parent() {
    let department = |code| label(Table::Department0069, code);
    assert_eq!(department("01"), Some("内科"));
    assert_eq!(department("011"), Some("第１内科"));
    assert_eq!(department("7A1"), Some("消化管外科"));
    assert_eq!(department("7A"), Some("消化器外科"));
    assert_eq!(department("54D"), Some("免疫・膠原病・感染症科"));
    assert_eq!(department("01Z"), Some("内科"));
    assert_eq!(department("01a"), Some("被爆放射線医療内科"));
    assert_eq!(department("29X"), None);
    assert_eq!(department("1"), None);
    assert_eq!(department("0111"), None);
    assert_eq!(department("01?"), None);
    assert_eq!(department("内科"), None);
}

#[test]
fn only_departments_fall_back() {
    assert_eq!(label(Table::Jlac10Material, "02"), None);
    assert_eq!(label(Table::DischargeDisposition0112, "201"), None);
    assert_eq!(label(Table::Route0162, "IVX"), None);
}

#[test]
fn codes_are_trimmed_and_folded() {
    assert_eq!(label(Table::AbnormalFlag0078, "Ｈ"), Some("高値"));
    assert_eq!(label(Table::AbnormalFlag0078, "h"), Some("高値"));
    assert_eq!(label(Table::BloodGroupJshr002, "＋"), Some("Rh+"));
    assert_eq!(label(Table::Department0069, "\u{3000}０１ "), Some("内科"));
    assert_eq!(label(Table::UnitMr9p, "mpa"), None);
    assert_eq!(label(Table::Sex0001, ""), None);
    assert_eq!(label_en(Table::Sex0001, " ｆ "), Some("Female"));
    assert_eq!(label_en(Table::UnitMr9p, "ML"), None);
}

#[test]
fn discharge_ranges_answer_and_deaths_are_known() {
    for number in 0..100 {
        let code = format!("{number:02}");
        let known = label(Table::DischargeDisposition0112, &code);
        assert_eq!(known.is_some(), (1..=42).contains(&number), "{code}");
        let dead = (20..=29).contains(&number) || (40..=42).contains(&number);
        assert_eq!(is_death_disposition(&code), dead, "{code}");
        assert_eq!(known.is_some_and(|ja| ja.contains("死亡")), dead, "{code}");
    }
    assert!(is_death_disposition(" ２０ "));
    for code in ["", "2", "2A", "200", "2あ", "死亡"] {
        assert!(!is_death_disposition(code), "{code}");
    }
}

#[test]
fn jlac10_categories() {
    assert_eq!(jlac10_category("3A010000002327101"), Some("生化学的検査"));
    assert_eq!(jlac10_category("2A990"), Some("血液学的検査"));
    assert_eq!(jlac10_category("9N001"), Some("生理・生体・その他"));
    assert_eq!(jlac10_category("３"), Some("生化学的検査"));
    assert_eq!(jlac10_category("3A010-0000-023-271-01"), Some("生化学的検査"));
    for code in ["", "0A010", "E001", "620007329", "血液"] {
        assert_eq!(jlac10_category(code), None, "{code}");
    }
}
