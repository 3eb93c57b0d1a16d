//! The sentences. Each says what is wrong and, where there is something to do, what to do.

use mibun_trust::Texts;

use super::Refusal;

pub(super) const fn of(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::Malformed | Refusal::WrongCardCount | Refusal::WrongCardType | Refusal::MissingKeyBinding => {
            of_form(refusal)
        }
        Refusal::UntrustedIssuer | Refusal::InvalidIssuerSignature | Refusal::NotYetValid | Refusal::Expired => {
            of_issuer(refusal)
        }
        Refusal::MissingStatus | Refusal::StatusUnavailable | Refusal::Revoked | Refusal::Suspended => {
            of_status(refusal)
        }
        Refusal::MissingLevel
        | Refusal::LevelTooLow
        | Refusal::EvidenceTooOld
        | Refusal::ChipTooOld
        | Refusal::FaceTooOld
        | Refusal::MissingPresence
        | Refusal::MissingFields => of_scene(refusal),
        _ => of_proof(refusal),
    }
}

const fn of_form(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::WrongCardCount => Texts::fixed(
            "The phone did not show exactly one card. Ask to scan the code again and to choose one card.",
            "提示されたカードがちょうど1枚ではありません。もう一度コードを読み取り、カードを1枚選んでもらってください。",
            "手机出示的卡片不是恰好一张。请重新扫码并选择一张卡片。",
        ),
        Refusal::WrongCardType => Texts::fixed(
            "This is another kind of card. Ask the guest to choose the identity card.",
            "別の種類のカードです。身分証カードを選んでもらってください。",
            "这是另一种卡片。请对方选择身份卡。",
        ),
        Refusal::MissingKeyBinding => Texts::fixed(
            "The phone did not prove that the card is its own. Ask to scan the code again.",
            "端末がカードの持ち主であることを証明しませんでした。もう一度コードを読み取ってもらってください。",
            "手机未能证明持有此卡。请重新扫码。",
        ),
        _ => Texts::fixed(
            "What was shown is not a card that can be read. Ask to scan the code again.",
            "提示されたものはカードとして読み取れません。もう一度コードを読み取ってもらってください。",
            "出示的内容无法识别为卡片。请重新扫码。",
        ),
    }
}

const fn of_issuer(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::UntrustedIssuer => Texts::fixed(
            "This card comes from an authority that is not trusted here.",
            "このカードの発行元は、ここでは信頼されていません。",
            "此卡的签发机构在此处不受信任。",
        ),
        Refusal::InvalidIssuerSignature => Texts::fixed(
            "This card is not genuine or has been changed. Do not accept it.",
            "このカードは真正でないか、改変されています。受け付けないでください。",
            "此卡不是真卡或已被篡改。请勿接受。",
        ),
        Refusal::NotYetValid => {
            Texts::fixed("This card is not valid yet.", "このカードはまだ有効期間に入っていません。", "此卡尚未生效。")
        }
        _ => Texts::fixed(
            "This card has expired. The holder can enrol again in the wallet to get a new one.",
            "このカードは有効期限が切れています。ウォレットでもう一度申請すると、新しいカードを受け取れます。",
            "此卡已过期。持卡人可在钱包中重新申请新卡。",
        ),
    }
}

const fn of_proof(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::InvalidKeyBinding => Texts::fixed(
            "The proof does not belong to this card. Do not accept it.",
            "証明がこのカードのものではありません。受け付けないでください。",
            "证明与此卡不符。请勿接受。",
        ),
        Refusal::InvalidDeviceProof => Texts::fixed(
            "The proof belongs to another card or was made for another request. Show a new code and ask to scan it; if this happens again, do not accept the card.",
            "証明が別のカードのものか、別の要求に対するものです。新しいコードを表示し、読み取ってもらってください。再び起きた場合は受け付けないでください。",
            "证明属于另一张卡或针对另一请求。请显示新码并重新扫码；如再次出现，请勿接受。",
        ),
        Refusal::WrongNonce => Texts::fixed(
            "This answers another request. Show a new code and ask to scan it.",
            "別の要求への回答です。新しいコードを表示し、読み取ってもらってください。",
            "这是对另一请求的答复。请显示新码并重新扫码。",
        ),
        Refusal::WrongAudience => Texts::fixed(
            "This was made for somebody else and may have been passed on. Do not accept it.",
            "別の相手に向けて作られたもので、転送された可能性があります。受け付けないでください。",
            "此证明是为他人生成的，可能被转发。请勿接受。",
        ),
        Refusal::WrongSdHash => Texts::fixed(
            "What was shown was changed on the way. Ask to scan the code again.",
            "提示された内容が途中で変わっています。もう一度コードを読み取ってもらってください。",
            "出示的内容在传输中被改动。请重新扫码。",
        ),
        Refusal::ProofFromTheFuture => Texts::fixed(
            "The phone's clock is ahead. Ask the holder to set it and to scan again.",
            "端末の時計が進んでいます。時刻を合わせて、もう一度読み取ってもらってください。",
            "手机时钟偏快。请对方校准时间后重新扫码。",
        ),
        _ => Texts::fixed(
            "The answer is too old. Show a new code and ask to scan it.",
            "回答が古すぎます。新しいコードを表示し、読み取ってもらってください。",
            "答复已过时。请显示新码并重新扫码。",
        ),
    }
}

const fn of_status(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::Revoked => Texts::fixed(
            "This card has been revoked. The holder can ask the authority for a new one.",
            "このカードは失効しています。発行機関で新しいカードを申請できます。",
            "此卡已被吊销。持卡人可向签发机构申请新卡。",
        ),
        Refusal::Suspended => Texts::fixed(
            "This card is suspended. The holder can ask the authority why.",
            "このカードは一時停止中です。理由は発行機関にお問い合わせください。",
            "此卡已被暂停使用。原因请咨询签发机构。",
        ),
        Refusal::MissingStatus => Texts::fixed(
            "Whether this card is still good cannot be found out, so it is not accepted.",
            "このカードが今も有効か確認する方法がないため、受け付けられません。",
            "无法查询此卡是否仍然有效，因此不予接受。",
        ),
        _ => Texts::fixed(
            "Whether this card is still good cannot be found out right now. Try again in a moment, or check the person another way.",
            "このカードが今も有効か、現在確認できません。しばらくしてからやり直すか、別の方法で確認してください。",
            "目前无法查询此卡是否仍然有效。请稍后重试，或以其他方式核验。",
        ),
    }
}

const fn of_scene(refusal: Refusal) -> Texts {
    match refusal {
        Refusal::LevelTooLow => Texts::fixed(
            "This needs a full card: the holder has a light one. Check the person another way; the authority can say how to get a full card.",
            "この手続きにはフルカードが必要ですが、提示されたのはライトカードです。別の方法で本人確認を行ってください。フルカードについては発行機関にお問い合わせください。",
            "此业务需要完整卡，对方持有的是基础卡。请以其他方式核验；如何获得完整卡请咨询签发机构。",
        ),
        Refusal::EvidenceTooOld => Texts::fixed(
            "The proof of identity behind this card is too old for this. The holder can enrol again in the wallet.",
            "このカードの本人確認が古いため、この手続きには使えません。ウォレットでもう一度申請してもらってください。",
            "此卡背后的身份核验时间过久，不适用于此业务。持卡人可在钱包中重新申请。",
        ),
        Refusal::ChipTooOld => Texts::fixed(
            "The chip of the holder's document was read too long ago for this. The holder can read it again in the wallet.",
            "書類のICチップの読み取りから時間が経っているため、この手続きには使えません。ウォレットで読み取り直せます。",
            "证件芯片的读取时间过久，不适用于此业务。持卡人可在钱包中重新读取。",
        ),
        Refusal::FaceTooOld => Texts::fixed(
            "The holder's face was checked too long ago for this. The holder can repeat the check in the wallet.",
            "顔の照合から時間が経っているため、この手続きには使えません。ウォレットで照合し直せます。",
            "人脸核验的时间过久，不适用于此业务。持卡人可在钱包中重新核验。",
        ),
        Refusal::MissingPresence => Texts::fixed(
            "This needs a fresh proof that the holder is present, which did not come along.",
            "この手続きには本人がその場にいることの証明が必要ですが、提示されませんでした。",
            "此业务需要持卡人在场的即时证明，但未提供。",
        ),
        Refusal::MissingFields => Texts::fixed(
            "A detail that is required here was not shown. Ask the holder to share all required details.",
            "必要な項目が提示されていません。必須の項目をすべて提示してもらってください。",
            "缺少必需的信息。请对方提供所有必填项。",
        ),
        _ => Texts::fixed(
            "The card does not show how its holder was checked, so it is not accepted here.",
            "このカードは本人確認の程度を示していないため、受け付けられません。",
            "此卡未显示持卡人的核验等级，因此不予接受。",
        ),
    }
}
