//! What the page says, in three languages.

use axum::http::{HeaderMap, header};

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    En,
    Ja,
    ZhHans,
}

/// The texts of one language.
pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) wallet: &'static str,
    pub(super) own_wallet: &'static str,
    pub(super) goes_to: &'static str,
    pub(super) reference: &'static str,
    pub(super) reference_hint: &'static str,
    pub(super) code: &'static str,
    pub(super) code_hint: &'static str,
    pub(super) warning: &'static str,
    pub(super) allow: &'static str,
    pub(super) deny: &'static str,
    pub(super) wrong_code: &'static str,
    pub(super) missing_code: &'static str,
    pub(super) unknown_reference: &'static str,
    pub(super) locked: &'static str,
    pub(super) ended_offer: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) unknown_text: &'static str,
    pub(super) late_title: &'static str,
    pub(super) late_text: &'static str,
    pub(super) wait_title: &'static str,
    pub(super) wait_text: &'static str,
    pub(super) fault_title: &'static str,
    pub(super) fault_text: &'static str,
}

impl Language {
    pub(super) const ALL: [Self; 3] = [Self::En, Self::Ja, Self::ZhHans];

    /// The language that was asked for, else the first of the browser's that the page has.
    pub(super) fn choose(asked: Option<&str>, headers: &HeaderMap) -> Self {
        let browser = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tags = asked.into_iter().chain(browser.split(','));
        let mut known = tags.filter_map(|tag| Self::of(tag.split(';').next().unwrap_or_default().trim()));
        known.next().unwrap_or(Self::En)
    }

    fn of(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "ja" => Some(Self::Ja),
            "zh" => Some(Self::ZhHans),
            _ => None,
        }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
            Self::ZhHans => "zh-Hans",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ja => "日本語",
            Self::ZhHans => "简体中文",
        }
    }

    pub(super) const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &EN,
            Self::Ja => &JA,
            Self::ZhHans => &ZH_HANS,
        }
    }
}

const EN: Texts = Texts {
    title: "Add your card to a wallet",
    lead: "A wallet asks {authority} for your digital card.",
    wallet: "Wallet",
    own_wallet: "This authority's own wallet",
    goes_to: "The card goes to",
    reference: "Card reference",
    reference_hint: "The 10 letters and digits that you were given with your card, for example at the counter.",
    code: "Code",
    code_hint: "The 6 digits that you were given with your card.",
    warning: "Go on only if you started this in your own wallet just now. Nobody from an authority or a bank ever asks you \
              to enter this code for them.",
    allow: "Add my card",
    deny: "Cancel",
    wrong_code: "This code is not right. Tries left: {n}.",
    missing_code: "Enter the 6 digits.",
    unknown_reference: "There is no card with this reference. Check the letters and digits.",
    locked: "The code was wrong too often. Ask for a new one where you got it.",
    ended_offer: "This card was collected or its time is over. Ask for a new code where you got it.",
    unknown_title: "This page can no longer be used",
    unknown_text: "The wallet's request was answered before, or the address is not complete. Go back to your wallet and \
                   start again.",
    late_title: "The time is over",
    late_text: "The wallet's request has ended. Go back to your wallet and start again.",
    wait_title: "Too many tries",
    wait_text: "Wait {n} minutes, then start again in your wallet.",
    fault_title: "That did not work",
    fault_text: "The fault is on our side. Try again in a moment.",
};

const JA: Texts = Texts {
    title: "カードをウォレットに追加",
    lead: "ウォレットが{authority}に、あなたのデジタルカードを求めています。",
    wallet: "ウォレット",
    own_wallet: "この発行機関のウォレット",
    goes_to: "カードの送り先",
    reference: "カードの受付番号",
    reference_hint: "カードとともに、窓口などで受け取った10文字の英数字です。",
    code: "コード",
    code_hint: "カードとともに受け取った6桁の数字です。",
    warning: "ご自身のウォレットでたった今この手続きを始めた場合だけ、先へ進んでください。役所や銀行の職員が、代わりに\
              このコードの入力を求めることはありません。",
    allow: "カードを追加する",
    deny: "やめる",
    wrong_code: "コードが違います。残り {n} 回入力できます。",
    missing_code: "6桁の数字を入力してください。",
    unknown_reference: "この受付番号のカードはありません。英数字をお確かめください。",
    locked: "コードの間違いが続いたため使えなくなりました。受け取った窓口で新しいコードをもらってください。",
    ended_offer: "このカードは受け取り済みか、期限が切れています。受け取った窓口で新しいコードをもらってください。",
    unknown_title: "このページはもう使えません",
    unknown_text: "ウォレットからの依頼は既に回答済みか、アドレスが不完全です。ウォレットに戻り、もう一度始めてください。",
    late_title: "時間切れです",
    late_text: "ウォレットからの依頼の期限が切れました。ウォレットに戻り、もう一度始めてください。",
    wait_title: "入力の回数が多すぎます",
    wait_text: "{n} 分待ってから、ウォレットでもう一度始めてください。",
    fault_title: "うまくいきませんでした",
    fault_text: "こちら側の問題です。少し待ってからもう一度お試しください。",
};

const ZH_HANS: Texts = Texts {
    title: "将卡片添加到钱包",
    lead: "一个钱包正在向{authority}请求您的数字卡片。",
    wallet: "钱包",
    own_wallet: "本发证机构自己的钱包",
    goes_to: "卡片将发往",
    reference: "卡片受理号",
    reference_hint: "随卡片一起（例如在窗口）交给您的10位字母和数字。",
    code: "代码",
    code_hint: "随卡片一起交给您的6位数字。",
    warning: "仅当您刚刚在自己的钱包中发起了此操作时，才继续。政府或银行的工作人员绝不会要求您替他们输入此代码。",
    allow: "添加我的卡片",
    deny: "取消",
    wrong_code: "代码不正确。还可以尝试 {n} 次。",
    missing_code: "请输入6位数字。",
    unknown_reference: "没有该受理号的卡片。请核对字母和数字。",
    locked: "代码错误次数过多。请到领取处索取新的代码。",
    ended_offer: "此卡片已被领取或已过期。请到领取处索取新的代码。",
    unknown_title: "此页面已失效",
    unknown_text: "钱包的请求已得到答复，或者网址不完整。请回到钱包重新开始。",
    late_title: "已超时",
    late_text: "钱包的请求已结束。请回到钱包重新开始。",
    wait_title: "尝试次数过多",
    wait_text: "请等待 {n} 分钟，然后在钱包中重新开始。",
    fault_title: "未能完成",
    fault_text: "问题出在我们这边。请稍后再试。",
};

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn browser(languages: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(languages))])
    }

    #[test]
    fn the_first_language_that_is_known_is_spoken() {
        assert_eq!(Language::choose(None, &browser("fr-FR, ja;q=0.9, en;q=0.8")), Language::Ja);
        assert_eq!(Language::choose(Some("zh-Hans"), &browser("ja")), Language::ZhHans);
        assert_eq!(Language::choose(Some("xx"), &browser("fr")), Language::En);
        assert_eq!(Language::choose(None, &HeaderMap::new()), Language::En);
    }
}
