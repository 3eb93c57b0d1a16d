//! What is said about readers, in the languages of the product.

use super::ReaderError;
use crate::text::{Text, say};

pub(super) const fn text(error: ReaderError) -> Text {
    match error {
        ReaderError::NoService
        | ReaderError::NotLetIn
        | ReaderError::NoReader
        | ReaderError::UnknownReader
        | ReaderError::WhichReader => setting_up(error),
        _ => at_work(error),
    }
}

/// Before a document is put on.
const fn setting_up(error: ReaderError) -> Text {
    match error {
        ReaderError::NoService => say(
            "The service for card readers does not run on this machine. Start it (on Debian: install pcscd, then \
             `systemctl start pcscd.socket`) and try again.",
            "このパソコンでは、カードリーダーのサービスが動いていません。サービスを起動して（Debian では pcscd を入れ、\
             systemctl start pcscd.socket）、もう一度お試しください。",
            "本机的读卡器服务没有运行。请启动该服务（Debian：安装 pcscd，然后 systemctl start pcscd.socket），再试一次。",
        ),
        ReaderError::NotLetIn => say(
            "The service for card readers stopped, or does not let this user in. Sign in at the machine itself, or have the \
             administrator allow access (polkit: org.debian.pcsc-lite.access_pcsc), and try again.",
            "カードリーダーのサービスが止まったか、このユーザーの利用が許可されていません。パソコンに直接サインインするか、\
             管理者に許可（polkit: org.debian.pcsc-lite.access_pcsc）を依頼して、もう一度お試しください。",
            "读卡器服务已停止，或不允许当前用户使用。请在本机直接登录，或请管理员授权\
             （polkit：org.debian.pcsc-lite.access_pcsc），然后再试一次。",
        ),
        ReaderError::NoReader => say(
            "No card reader is connected. Plug one in for contactless cards and try again.",
            "カードリーダーがつながっていません。非接触カード用のリーダーをつないで、もう一度お試しください。",
            "没有连接读卡器。请接上非接触式读卡器，再试一次。",
        ),
        ReaderError::WhichReader => say(
            "There are several card readers. Choose one with --reader; --list shows their names.",
            "カードリーダーが複数あります。--reader で選んでください。名前は --list で見られます。",
            "有多个读卡器。请用 --reader 选择一个；--list 可显示名称。",
        ),
        _ => say(
            "The chosen card reader is not there. Check the cable, or look at the names with --list.",
            "選んだカードリーダーが見つかりません。ケーブルを確かめるか、--list で名前をご確認ください。",
            "找不到所选的读卡器。请检查连接线，或用 --list 查看名称。",
        ),
    }
}

/// While one lies there.
const fn at_work(error: ReaderError) -> Text {
    match error {
        ReaderError::Busy => say(
            "Another program uses the card reader. Close it and try again.",
            "ほかのプログラムがカードリーダーを使っています。そのプログラムを閉じて、もう一度お試しください。",
            "读卡器正被其他程序使用。请关闭该程序，再试一次。",
        ),
        ReaderError::NoCard => say(
            "No document lies on the reader. Place it there and leave it until the reading is over.",
            "リーダーの上に書類がありません。書類を置き、読み取りが終わるまでそのままにしてください。",
            "读卡器上没有证件。请放上证件，读取结束前不要移动。",
        ),
        ReaderError::CardRemoved => say(
            "The document was moved. Place it on the reader again and leave it there until the reading is over.",
            "書類が動きました。もう一度リーダーに置き、読み取りが終わるまでそのままにしてください。",
            "证件被移动了。请重新放到读卡器上，读取结束前不要移动。",
        ),
        ReaderError::OtherProtocol => say(
            "This is no contactless chip of a travel document. Use the contactless side of the reader.",
            "旅券などの非接触チップではありません。リーダーの非接触側をお使いください。",
            "这不是旅行证件的非接触式芯片。请使用读卡器的非接触一侧。",
        ),
        ReaderError::CardMute | ReaderError::TooLong => say(
            "The chip does not answer as it should. Take off the cover and other cards, and place the document again.",
            "チップから正しい応答がありません。カバーやほかのカードを外して、書類を置き直してください。",
            "芯片没有正常响应。请取下证件套并移开其他卡片，重新放置证件。",
        ),
        _ => say(
            "The card reader reports a fault. Unplug it, plug it in again and try once more.",
            "カードリーダーに不具合があります。一度抜いて差し直し、もう一度お試しください。",
            "读卡器报告故障。请拔下后重新插上，再试一次。",
        ),
    }
}
