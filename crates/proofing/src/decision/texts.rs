//! What the person is told, in the languages of the product.

use serde::{Deserialize, Serialize};

use super::ReasonCode;

/// One sentence or two in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Message {
    /// English.
    pub en: &'static str,
    /// Japanese.
    pub ja: &'static str,
    /// Chinese, simplified.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: &'static str,
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    En,
    /// Japanese.
    #[serde(rename = "ja")]
    Ja,
    /// Chinese, simplified.
    #[serde(rename = "zh-Hans")]
    ZhHans,
}

impl Message {
    /// The text in one language.
    pub fn text(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ja => self.ja,
            Language::ZhHans => self.zh_hans,
        }
    }
}

const fn say(en: &'static str, ja: &'static str, zh_hans: &'static str) -> Message {
    Message { en, ja, zh_hans }
}

pub(super) fn message(reason: ReasonCode) -> Message {
    match reason {
        ReasonCode::Matched
        | ReasonCode::MatchUncertain
        | ReasonCode::LivenessUncertain
        | ReasonCode::PortraitUnusable
        | ReasonCode::SeenAtCounter
        | ReasonCode::OfficerAccepted => on_the_way(reason),
        ReasonCode::ChallengeFailed
        | ReasonCode::FaceChanged
        | ReasonCode::TwoFaces
        | ReasonCode::NoFace
        | ReasonCode::TooDark
        | ReasonCode::CaptureTimeout
        | ReasonCode::CaptureInterrupted => try_again(reason),
        _ => not_this_way(reason),
    }
}

/// Accepted, or waiting for an officer.
fn on_the_way(reason: ReasonCode) -> Message {
    match reason {
        ReasonCode::Matched => say(
            "Your identity is confirmed. You can collect your card now.",
            "ご本人であることを確認しました。カードを受け取ることができます。",
            "已确认是您本人，现在可以领取证件卡。",
        ),
        ReasonCode::OfficerAccepted => say(
            "An officer has confirmed your identity. You can collect your card now.",
            "担当者がご本人であることを確認しました。カードを受け取ることができます。",
            "工作人员已确认是您本人，现在可以领取证件卡。",
        ),
        ReasonCode::PortraitUnusable => say(
            "We have no photo of you that can be compared automatically. An officer will look at your application; you \
             can also come to a counter with your document.",
            "自動照合に使える顔写真が登録されていません。担当者が確認しますのでお待ちください。本人確認書類をお持ちになり、窓口で手続きすることもできます。",
            "登记的照片无法用于自动比对，将由工作人员审核您的申请。您也可以携带证件到窗口办理。",
        ),
        ReasonCode::SeenAtCounter => say(
            "The officer at the counter decides about your application. Please stay at the counter.",
            "窓口の担当者が手続きを確認しています。窓口でそのままお待ちください。",
            "窗口工作人员正在审核您的申请，请在窗口稍候。",
        ),
        ReasonCode::LivenessUncertain => say(
            "The camera check was not clear enough to decide automatically. An officer will look at it; you need not do \
             anything now.",
            "カメラによる確認だけでは判断できませんでした。担当者が確認しますので、このままお待ちください。",
            "仅凭拍摄结果无法自动判定，将由工作人员审核，您暂时无需操作。",
        ),
        _ => say(
            "The comparison with your photo was not clear enough to decide automatically. An officer will look at it; \
             you need not do anything now.",
            "登録写真との照合だけでは判断できませんでした。担当者が確認しますので、このままお待ちください。",
            "与登记照片的比对结果不够明确，将由工作人员审核，您暂时无需操作。",
        ),
    }
}

/// The capture went wrong; another one may go well.
fn try_again(reason: ReasonCode) -> Message {
    match reason {
        ReasonCode::ChallengeFailed => say(
            "The movements did not follow the instructions. Please try again and wait for each instruction before you \
             move.",
            "画面の指示どおりの動きを確認できませんでした。指示が表示されてから動くようにして、もう一度お試しください。",
            "动作与提示不符。请再试一次，看到提示后再做动作。",
        ),
        ReasonCode::FaceChanged => say(
            "The face changed during the capture. Please try again and stay in front of the camera, alone, until the \
             end.",
            "撮影の途中で別の顔に変わったと判断されました。終わるまでお一人でカメラの前から離れずに、もう一度お試しください。",
            "拍摄过程中检测到人脸发生了变化。请再试一次，并由您本人独自在镜头前直到拍摄结束。",
        ),
        ReasonCode::TwoFaces => say(
            "There was more than one face in view. Please try again with nobody else, and no picture of a face, behind \
             you.",
            "複数の顔が写っていました。ほかの人や顔写真が写り込まない場所で、もう一度お試しください。",
            "画面中出现了多张人脸。请确保身后没有其他人或人像画面，然后再试一次。",
        ),
        ReasonCode::NoFace => say(
            "Your face was not in view. Please try again and keep your whole face inside the oval.",
            "お顔を確認できませんでした。枠の中にお顔全体が入るようにして、もう一度お試しください。",
            "未检测到您的面部。请让整张脸保持在椭圆框内，然后再试一次。",
        ),
        ReasonCode::TooDark => say(
            "It was too dark. Please turn on a light or face a window, and try again.",
            "暗すぎて確認できませんでした。照明をつけるか、窓のほうを向いて、もう一度お試しください。",
            "光线太暗。请开灯或面向窗户，然后再试一次。",
        ),
        ReasonCode::CaptureTimeout => say(
            "The time was over. Please try again and follow each instruction as soon as it appears.",
            "制限時間が過ぎました。指示が表示されたらすぐに従って、もう一度お試しください。",
            "拍摄已超时。请再试一次，看到提示后尽快完成动作。",
        ),
        _ => say(
            "The capture was interrupted. Please check your connection, keep this page open and try again.",
            "撮影が中断されました。通信状態を確認し、この画面を開いたまま、もう一度お試しください。",
            "拍摄中断。请检查网络连接，保持本页面打开，然后再试一次。",
        ),
    }
}

/// No card this way; what to do instead.
fn not_this_way(reason: ReasonCode) -> Message {
    match reason {
        ReasonCode::PresentationAttack => say(
            "We could not recognise a live face. Please try again in person, without a photo, screen or mask, in even \
             light; or come to a counter with your document.",
            "実在の人物の顔であることを確認できませんでした。写真・画面・マスクなどを使わず、明るさにむらのない場所で、ご本人がもう一度お試しください。本人確認書類をお持ちになり、窓口で手続きすることもできます。",
            "未能确认是真人面部。请由本人在光线均匀处再试一次，不要使用照片、屏幕或面具；您也可以携带证件到窗口办理。",
        ),
        ReasonCode::PersonNotEligible => say(
            "No card can be issued on this record at present. Please come to a counter with your document to have it \
             looked into.",
            "現在の登録内容ではカードを発行できません。本人確認書類をお持ちのうえ、窓口でご相談ください。",
            "根据目前的登记状态，暂时无法签发证件卡。请携带证件到窗口咨询。",
        ),
        ReasonCode::AttemptsExhausted => say(
            "There were too many attempts. Please wait and try again later, or come to a counter with your document.",
            "試行回数が上限に達しました。時間をおいてからもう一度お試しください。お急ぎの場合は、本人確認書類をお持ちのうえ窓口へお越しください。",
            "尝试次数过多。请稍后再试，或携带证件到窗口办理。",
        ),
        ReasonCode::OfficerRejected => say(
            "An officer could not confirm your identity from the pictures. Please come to a counter with your document.",
            "担当者が画像を確認しましたが、ご本人であることを確認できませんでした。本人確認書類をお持ちのうえ、窓口へお越しください。",
            "工作人员根据图像未能确认是您本人。请携带证件到窗口办理。",
        ),
        // One text for an unknown number, a wrong name and another face.
        _ => say(
            "Number, name and face could not be confirmed together. Please check number and name and try again in good \
             light, or come to a counter with your document.",
            "番号・氏名・お顔の組み合わせを確認できませんでした。番号と氏名をお確かめのうえ、明るい場所でもう一度お試しください。本人確認書類をお持ちになり、窓口で手続きすることもできます。",
            "未能确认证件号码、姓名与面部相符。请核对号码和姓名，在光线充足处再试一次；您也可以携带证件到窗口办理。",
        ),
    }
}
