//! The claims of a card, with the names that people see (PID Rulebook, SD-JWT names).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Display;

/// One claim of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDescription {
    /// Where it lies, as in DCQL: names, indexes, and `null` for every element.
    pub path: Vec<Value>,
    /// Whether every card has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    /// Its names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
}

/// A row of the table below.
struct Row {
    path: &'static [&'static str],
    mandatory: bool,
    en: &'static str,
    ja: &'static str,
    zh_hans: &'static str,
}

/// The claims of our card, in the order in which people read them.
pub fn card_claims() -> Vec<ClaimDescription> {
    CLAIMS.iter().map(Row::describe).collect()
}

/// What people call the claim at this path, or the claim that it is a part of; nothing for claims of no card.
pub(super) fn names_of(path: &[&str]) -> Option<Vec<Display>> {
    let whole = CLAIMS.iter().find(|row| row.path == path);
    let part = || CLAIMS.iter().find(|row| !path.is_empty() && path.starts_with(row.path));
    whole.or_else(part).map(|row| row.describe().display)
}

impl Row {
    fn describe(&self) -> ClaimDescription {
        let names = [(self.en, "en"), (self.ja, "ja"), (self.zh_hans, "zh-Hans")];
        ClaimDescription {
            path: self.path.iter().map(|name| Value::from(*name)).collect(),
            mandatory: self.mandatory,
            display: names.into_iter().map(|(name, locale)| Display::new(name, locale)).collect(),
        }
    }
}

const fn always(path: &'static [&'static str], en: &'static str, ja: &'static str, zh_hans: &'static str) -> Row {
    Row { path, mandatory: true, en, ja, zh_hans }
}

const fn maybe(path: &'static [&'static str], en: &'static str, ja: &'static str, zh_hans: &'static str) -> Row {
    Row { path, mandatory: false, en, ja, zh_hans }
}

const CLAIMS: &[Row] = &[
    always(&["family_name"], "Family name", "姓", "姓"),
    always(&["given_name"], "Given name", "名", "名"),
    maybe(&["family_name_native"], "Family name (native script)", "姓(現地文字)", "姓(本国文字)"),
    maybe(&["given_name_native"], "Given name (native script)", "名(現地文字)", "名(本国文字)"),
    always(&["birthdate"], "Date of birth", "生年月日", "出生日期"),
    maybe(&["place_of_birth"], "Place of birth", "出生地", "出生地"),
    maybe(&["sex"], "Sex", "性別", "性别"),
    always(&["nationalities"], "Nationality", "国籍", "国籍"),
    maybe(&["address"], "Address", "住所", "住址"),
    maybe(&["address", "formatted"], "Full address", "住所(全体)", "完整住址"),
    maybe(&["address", "country"], "Country", "国", "国家"),
    maybe(&["address", "region"], "Region", "都道府県・州", "省/地区"),
    maybe(&["address", "locality"], "City", "市区町村", "城市"),
    maybe(&["address", "postal_code"], "Postal code", "郵便番号", "邮政编码"),
    maybe(&["address", "street_address"], "Street", "町名・番地", "街道"),
    maybe(&["address", "house_number"], "House number", "番地", "门牌号"),
    maybe(&["picture"], "Portrait", "顔写真", "照片"),
    maybe(&["personal_administrative_number"], "Personal number", "個人番号", "个人编号"),
    maybe(&["document_number"], "Card number", "カード番号", "证件号码"),
    always(&["issuing_authority"], "Issuing authority", "発行機関", "签发机关"),
    always(&["issuing_country"], "Issuing country", "発行国", "签发国"),
    maybe(&["date_of_issuance"], "Date of issue", "発行日", "签发日期"),
    maybe(&["date_of_expiry"], "Date of expiry", "有効期限", "有效期至"),
    maybe(&["age_equal_or_over", "18"], "18 or older", "18歳以上", "年满18岁"),
    maybe(&["age_equal_or_over", "20"], "20 or older", "20歳以上", "年满20岁"),
    always(&["assurance_level"], "Assurance level", "保証レベル", "保证级别"),
    maybe(&["evidence"], "Evidence", "確認の記録", "核验记录"),
];
