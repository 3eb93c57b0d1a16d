//! What the person is told about a chip, in the languages of the product.

use super::ChipReason;
use crate::decision::Message;

const fn say(en: &'static str, ja: &'static str, zh_hans: &'static str) -> Message {
    Message { en, ja, zh_hans }
}

pub(super) fn message(reason: ChipReason) -> Message {
    match reason {
        ChipReason::ChipUnreachable
        | ChipReason::RelayLost
        | ChipReason::TooSlow
        | ChipReason::WrongChipPassword
        | ChipReason::MrzNeeded
        | ChipReason::NoTravelDocument
        | ChipReason::Unreadable
        | ChipReason::PortraitUnreadable => reading(reason),
        ChipReason::NotSignedByATrustedCountry
        | ChipReason::DataChanged
        | ChipReason::SignerRevoked
        | ChipReason::ChipCopied
        | ChipReason::CloneProtectionMissing
        | ChipReason::DocumentExpired
        | ChipReason::OtherPerson => document(reason),
        _ => relay(reason),
    }
}

/// The chip could not be read; what to do with document and reader.
fn reading(reason: ChipReason) -> Message {
    match reason {
        ChipReason::ChipUnreachable => say(
            "The chip does not answer. Take off the cover, place the document on the reader again and do not move it until \
             the reading is over.",
            "チップから応答がありません。カバーを外し、書類をもう一度読み取り位置に置いて、終わるまで動かさないでください。",
            "芯片没有响应。请取下证件套，重新将证件放在读取位置，读取结束前不要移动。",
        ),
        ChipReason::RelayLost => say(
            "The connection to the reader was lost. Please check the network and read the chip again.",
            "読み取り機との接続が切れました。通信状態を確認して、もう一度チップを読み取ってください。",
            "与读卡设备的连接已中断。请检查网络，然后重新读取芯片。",
        ),
        ChipReason::TooSlow => say(
            "Reading took too long. Please stay where the network is good, keep the document still and try again.",
            "読み取りに時間がかかりすぎました。通信状態の良い場所で、書類を動かさずに、もう一度お試しください。",
            "读取耗时过长。请在网络良好的地方保持证件不动，然后再试一次。",
        ),
        ChipReason::WrongChipPassword => say(
            "The chip does not open with these details. Please check document number, birth date and expiry date, or the \
             card access number, and try again.",
            "入力された内容ではチップを開けませんでした。書類の番号・生年月日・有効期限、またはカードアクセス番号をお確かめのうえ、もう一度お試しください。",
            "输入的信息无法打开芯片。请核对证件号码、出生日期和有效期，或卡片访问号码（CAN），然后再试一次。",
        ),
        ChipReason::MrzNeeded => say(
            "This document opens only with its document number, birth date and expiry date. Please enter those instead of \
             the card access number.",
            "この書類は、書類の番号・生年月日・有効期限でのみ開くことができます。カードアクセス番号の代わりにこれらを入力してください。",
            "该证件只能用证件号码、出生日期和有效期打开。请改为输入这些信息，而不是卡片访问号码（CAN）。",
        ),
        ChipReason::NoTravelDocument => say(
            "This is not a passport, identity card or residence permit that we can read. Please use one of those.",
            "読み取りに対応したパスポート・身分証明書・在留許可証ではありません。対応する書類をご使用ください。",
            "这不是可读取的护照、身份证或居留许可。请使用其中一种证件。",
        ),
        ChipReason::PortraitUnreadable => say(
            "The photo in the chip cannot be used. Please come to a counter with your document.",
            "チップ内の顔写真を利用できませんでした。書類をお持ちのうえ、窓口へお越しください。",
            "芯片中的照片无法使用。请携带证件到窗口办理。",
        ),
        _ => say(
            "The chip answered in a way that we cannot read. Please try again; if it happens again, come to a counter with \
             your document.",
            "チップの内容を読み取れませんでした。もう一度お試しください。それでも読み取れない場合は、書類をお持ちのうえ窓口へお越しください。",
            "无法读懂芯片的内容。请再试一次；如果仍然不行，请携带证件到窗口办理。",
        ),
    }
}

/// The document is not taken; what to do instead.
fn document(reason: ChipReason) -> Message {
    match reason {
        ChipReason::NotSignedByATrustedCountry => say(
            "We could not confirm that a country we know has issued this chip. Please use another document or come to a \
             counter.",
            "このチップが、当方で確認できる国から発行されたものであることを確認できませんでした。別の書類を使用するか、窓口へお越しください。",
            "无法确认该芯片由我们认可的国家签发。请使用其他证件或到窗口办理。",
        ),
        ChipReason::DataChanged => say(
            "The data in this chip is not what its country has signed. Please come to a counter with your document.",
            "チップの内容が、発行国の署名した内容と一致しません。書類をお持ちのうえ、窓口へお越しください。",
            "芯片中的数据与签发国签名的内容不符。请携带证件到窗口办理。",
        ),
        ChipReason::SignerRevoked => say(
            "The country has withdrawn the certificate that this document was signed with. Please ask the office that \
             issued it, or use another document.",
            "この書類の署名に使われた証明書は、発行国によって取り消されています。発行した機関にお問い合わせいただくか、別の書類をご使用ください。",
            "签发国已撤销用于签署该证件的证书。请向签发机关咨询，或使用其他证件。",
        ),
        ChipReason::ChipCopied => say(
            "The chip could not show that it is the original. Please come to a counter with your document.",
            "チップが原本であることを確認できませんでした。書類をお持ちのうえ、窓口へお越しください。",
            "该芯片未能证明自己是原件。请携带证件到窗口办理。",
        ),
        ChipReason::CloneProtectionMissing => say(
            "This chip has no protection against copying that we can check. Please use a newer document or come to a \
             counter.",
            "このチップには、確認できる複製防止の仕組みがありません。新しい書類を使用するか、窓口へお越しください。",
            "该芯片没有可供核验的防复制保护。请使用较新的证件或到窗口办理。",
        ),
        ChipReason::DocumentExpired => say(
            "This document has expired. Please use a valid one.",
            "この書類は有効期限が切れています。有効な書類をご使用ください。",
            "该证件已过期。请使用有效的证件。",
        ),
        _ => say(
            "Number, name and document could not be confirmed together. Please check that you use your own document and the \
             one that is registered, or come to a counter with it.",
            "番号・氏名と書類の組み合わせを確認できませんでした。ご本人の、登録されている書類であることをお確かめください。書類をお持ちになり、窓口で手続きすることもできます。",
            "未能确认号码、姓名与证件相符。请确认使用的是您本人且已登记的证件；您也可以携带证件到窗口办理。",
        ),
    }
}

/// Neither chip nor document is at fault.
fn relay(reason: ChipReason) -> Message {
    match reason {
        ChipReason::BadMessage => say(
            "The reader did not work as it should. Please reload the page or update the app, and try again.",
            "読み取り機が正しく動作しませんでした。画面を再読み込みするか、アプリを更新して、もう一度お試しください。",
            "读卡设备工作异常。请刷新页面或更新应用，然后再试一次。",
        ),
        ChipReason::AlreadyReading => say(
            "A chip is being read for this application already. Please wait until that is over.",
            "この申請では、すでにチップの読み取りが行われています。終わるまでお待ちください。",
            "该申请正在读取芯片。请等待读取结束。",
        ),
        ChipReason::Unauthorized => say(
            "This application is not known here. Please start again from the first screen.",
            "この申請は確認できませんでした。最初の画面からやり直してください。",
            "无法识别该申请。请从第一个画面重新开始。",
        ),
        ChipReason::UnknownCode => say(
            "This code is wrong, was used before, or is too old. Please show a new code on the phone.",
            "コードが間違っているか、使用済みか、有効期限が切れています。携帯電話に新しいコードを表示してください。",
            "代码有误、已被使用或已过期。请在手机上显示新的代码。",
        ),
        ChipReason::NotPossibleNow => say(
            "No chip is needed for this application at this point. Please look at the next step on the phone.",
            "この申請では、現在チップの読み取りは必要ありません。携帯電話で次の手順をご確認ください。",
            "该申请目前不需要读取芯片。请在手机上查看下一步。",
        ),
        ChipReason::Gone => say(
            "The time for this application is over. Please start again from the first screen.",
            "この申請の有効時間が過ぎました。最初の画面からやり直してください。",
            "该申请已超时。请从第一个画面重新开始。",
        ),
        ChipReason::TooManyRequests => say(
            "There were too many readings. Please wait and try again later, or come to a counter with your document.",
            "読み取りの回数が上限に達しました。時間をおいてからもう一度お試しになるか、書類をお持ちのうえ窓口へお越しください。",
            "读取次数过多。请稍后再试，或携带证件到窗口办理。",
        ),
        ChipReason::Busy => say(
            "There is much to do at the moment. Please try again in a minute.",
            "ただいま混み合っています。1分ほどおいて、もう一度お試しください。",
            "目前较为繁忙。请一分钟后再试。",
        ),
        _ => say(
            "Something went wrong on our side. Please try again in a moment.",
            "こちらで問題が発生しました。しばらくしてから、もう一度お試しください。",
            "我们这边出现了问题。请稍后再试。",
        ),
    }
}
