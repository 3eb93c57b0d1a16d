//! What a set of face models can and cannot do, in the languages of the pages.

use mibun_trust::Texts;

/// Something a set of models can do, or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Find one face and follow it.
    FollowFace,
    /// Compare a face with the register's portrait.
    ComparePortrait,
    /// Tell printed pictures and screens from a live face.
    TellPictures,
    /// Notice video that does not come from the camera.
    NoticeInjection,
}

impl Ability {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FollowFace => "follow_face",
            Self::ComparePortrait => "compare_portrait",
            Self::TellPictures => "tell_pictures",
            Self::NoticeInjection => "notice_injection",
        }
    }

    /// What a set with this ability does.
    pub const fn can(self) -> Texts {
        match self {
            Self::FollowFace => Texts::fixed(
                "find one face and follow its movements",
                "1人の顔を見つけ、その動きを追うこと",
                "识别一张人脸并跟踪其动作",
            ),
            Self::ComparePortrait => Texts::fixed(
                "compare it with the register's portrait",
                "登録された顔写真と照合すること",
                "与登记的照片进行比对",
            ),
            Self::TellPictures => Texts::fixed(
                "tell most printed pictures and screens from a live face",
                "印刷された写真や画面に映した顔の多くを、実際の顔と見分けること",
                "分辨大多数打印照片和屏幕画面与真人面部",
            ),
            Self::NoticeInjection => Texts::fixed(
                "notice injected or generated video",
                "差し込まれた映像や生成された映像に気づくこと",
                "发现注入或生成的视频",
            ),
        }
    }

    /// What a set without it does not do.
    pub const fn cannot(self) -> Texts {
        match self {
            Self::TellPictures => Texts::fixed(
                "tell a picture or screen from a live face: only the movements speak for it",
                "写真や画面に映した顔を実際の顔と見分けること（判断の手がかりは動きだけです）",
                "分辨照片或屏幕画面与真人面部（只能依据动作判断）",
            ),
            Self::NoticeInjection => Texts::fixed(
                "notice injected or generated video; it is not certified (ISO/IEC 30107-3)",
                "差し込まれた映像や生成された映像に気づくこと（ISO/IEC 30107-3の認証は受けていません）",
                "发现注入或生成的视频（未通过ISO/IEC 30107-3认证）",
            ),
            Self::ComparePortrait => Texts::fixed(
                "compare faces: no models were found",
                "顔を照合すること（モデルが見つかりません）",
                "比对人脸（未找到模型）",
            ),
            Self::FollowFace => Texts::fixed(
                "find a face: no models were found",
                "顔を見つけること（モデルが見つかりません）",
                "识别人脸（未找到模型）",
            ),
        }
    }
}

/// What a set can do and what it cannot; `None` stands for no set at all.
pub fn of(detects_attacks: Option<bool>) -> (Vec<Ability>, Vec<Ability>) {
    use Ability::{ComparePortrait, FollowFace, NoticeInjection, TellPictures};
    match detects_attacks {
        Some(true) => (vec![FollowFace, ComparePortrait, TellPictures], vec![NoticeInjection]),
        Some(false) => (vec![FollowFace, ComparePortrait], vec![TellPictures, NoticeInjection]),
        None => (Vec::new(), vec![FollowFace, ComparePortrait, TellPictures, NoticeInjection]),
    }
}
