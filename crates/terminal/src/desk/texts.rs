//! What is said at the counter, in the languages of the product.

use mibun_chip::lds::mrz::MrzError;

use crate::outcome::Stage;
use crate::password::TypedError;
use crate::relay::RelayError;
use crate::text::{Text, say};

pub(super) const CODE: Text = say("Code in the wallet:", "ウォレットに表示されたコード:", "钱包中显示的代码：");

pub(super) const NO_CODE: Text = say(
    "A code has eight letters and digits. Please type it as the wallet shows it.",
    "コードは英数字 8 文字です。ウォレットに表示されたとおりに入力してください。",
    "代码由八位字母和数字组成。请按钱包中显示的内容输入。",
);

pub(super) const DOCUMENT: Text = say(
    "Scan the machine-readable zone, or type the card access number (CAN), or press Enter to type number and dates:",
    "機械読取領域（MRZ）を読み取るか、カードアクセス番号（CAN）を入力してください。番号と日付を入力するには Enter を押します:",
    "请扫描机读区（MRZ），或输入卡片访问号码（CAN），或按 Enter 键逐项输入号码和日期：",
);

pub(super) const NO_DOCUMENT: Text = say(
    "This is neither a machine-readable zone nor a card access number. Scan again, or press Enter to type number and dates.",
    "機械読取領域でもカードアクセス番号でもありません。もう一度読み取るか、Enter を押して番号と日付を入力してください。",
    "这既不是机读区，也不是卡片访问号码。请重新扫描，或按 Enter 键逐项输入。",
);

pub(super) const NUMBER: Text = say("Document number:", "書類の番号:", "证件号码：");
pub(super) const BIRTH: Text =
    say("Date of birth (YYYY-MM-DD):", "生年月日（YYYY-MM-DD）:", "出生日期（YYYY-MM-DD）：");
pub(super) const EXPIRY: Text =
    say("Date of expiry (YYYY-MM-DD):", "有効期限（YYYY-MM-DD）:", "有效期至（YYYY-MM-DD）：");

pub(super) const PLACE: Text = say(
    "Place the document on the reader and leave it there.",
    "書類をリーダーに置き、そのままにしてください。",
    "请将证件放在读卡器上，不要移动。",
);

pub(super) const TAKE_OFF: Text =
    say("Take the document off the reader.", "書類をリーダーから取ってください。", "请从读卡器上取下证件。");

pub(super) const PASSPORT_TAKEN: Text = say(
    "Done: the passport was accepted. The person can go on in the wallet.",
    "完了しました。旅券が受け付けられました。続きはウォレットで行えます。",
    "完成：护照已被接受。本人可在钱包中继续。",
);

pub(super) const CARD_TAKEN: Text = say(
    "Done: the card was accepted. The person can go on in the wallet.",
    "完了しました。カードが受け付けられました。続きはウォレットで行えます。",
    "完成：证件卡已被接受。本人可在钱包中继续。",
);

pub(super) const WAIT: Text = say(
    "Please wait about {} min before the next try.",
    "次に試すまで、約 {} 分お待ちください。",
    "请等待约 {} 分钟后再试。",
);

pub(super) const NEW_CODE: Text = say(
    "A code is good for one try: have the wallet show a new one.",
    "コードは 1 回だけ使えます。ウォレットで新しいコードを表示してもらってください。",
    "每个代码只能使用一次：请让对方在钱包中显示新的代码。",
);

pub(super) const NOT_THIS_ONE: Text = say(
    "Another try with the same document will not help.",
    "同じ書類でもう一度試しても結果は変わりません。",
    "用同一证件再试也无济于事。",
);

/// What the server is doing.
pub(super) const fn stage(stage: Stage) -> Text {
    match stage {
        Stage::Discovery => say("Finding the chip …", "チップを確認しています…", "正在查找芯片…"),
        Stage::Access => say("Opening the chip …", "チップを開いています…", "正在打开芯片…"),
        Stage::Data => say("Reading the data …", "データを読み取っています…", "正在读取数据…"),
        Stage::Portrait => say("Reading the portrait …", "顔写真を読み取っています…", "正在读取照片…"),
        Stage::ChipAuthentication | Stage::ActiveAuthentication => {
            say("Checking that the chip is no copy …", "複製でないことを確認しています…", "正在确认芯片不是复制品…")
        }
        Stage::Judging => say("Checking the document …", "書類を確認しています…", "正在核验证件…"),
        Stage::Other => say("Working …", "処理しています…", "正在处理…"),
    }
}

/// What was typed and cannot be.
pub(super) const fn typed(error: TypedError) -> Text {
    match error {
        TypedError::Zone(MrzError::Length { .. } | MrzError::Character { .. }) => say(
            "The zone was not read whole. Please scan all its lines again.",
            "機械読取領域を全部読み取れませんでした。すべての行をもう一度読み取ってください。",
            "机读区未完整读取。请重新扫描所有行。",
        ),
        TypedError::Zone(_) => say(
            "A check digit of the zone does not fit: something was misread. Please scan again.",
            "機械読取領域のチェックデジットが合いません。読み違いがあります。もう一度読み取ってください。",
            "机读区的校验位不符，读取有误。请重新扫描。",
        ),
        TypedError::Date => say(
            "This is no date. Please type it as 1980-01-31, or as in the zone: 800131.",
            "日付が正しくありません。1980-01-31、または機械読取領域のとおり 800131 のように入力してください。",
            "日期不正确。请按 1980-01-31 或机读区中的 800131 的格式输入。",
        ),
        TypedError::Field(_) => say(
            "This cannot be the number of a document. Please look again: letters A to Z and digits only.",
            "書類の番号として正しくありません。A から Z の文字と数字だけです。もう一度ご確認ください。",
            "这不可能是证件号码。请再确认：只含字母 A 到 Z 和数字。",
        ),
    }
}

/// Why the server has not spoken.
pub(super) const fn connection(error: &RelayError) -> Text {
    match error {
        RelayError::Unreachable(_) | RelayError::NoAnswer => say(
            "The server cannot be reached. Check the network and the address, then try again.",
            "サーバーに接続できません。ネットワークとアドレスを確認して、もう一度お試しください。",
            "无法连接服务器。请检查网络和地址，然后再试一次。",
        ),
        RelayError::Certificate(_) | RelayError::NotThisMachine => say(
            "The server cannot be trusted: its certificate does not fit. Call whoever looks after this counter; type nothing \
             more.",
            "サーバーを信頼できません。証明書が一致しません。これ以上入力せず、担当の管理者に連絡してください。",
            "无法信任该服务器：证书不符。请不要再输入任何内容，并联系管理员。",
        ),
        RelayError::NotOpened(503) => say(
            "The server is busy. Wait a minute, then try again with the same code.",
            "サーバーが混み合っています。1 分ほど待って、同じコードでもう一度お試しください。",
            "服务器繁忙。请稍等一分钟，然后用同一代码再试。",
        ),
        RelayError::NotOpened(_) | RelayError::Fault(_) => say(
            "What answers at this address does not behave like a Mibun server. Check the address.",
            "このアドレスの相手は Mibun サーバーとして動作していません。アドレスをご確認ください。",
            "该地址的服务并非正常的 Mibun 服务器。请检查地址。",
        ),
        RelayError::Lost | RelayError::TooSlow => say(
            "The connection to the server was lost. Check the network; the wallet must show a new code.",
            "サーバーとの接続が切れました。ネットワークを確認し、ウォレットで新しいコードを表示してもらってください。",
            "与服务器的连接已中断。请检查网络，并让对方在钱包中显示新的代码。",
        ),
    }
}
