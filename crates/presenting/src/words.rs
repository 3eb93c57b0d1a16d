//! Two matching words, shown at the counter and on the phone, so that people notice a swapped or relayed code.
//!
//! Both sides compute them from the request's nonce and the wallet's nonce. Whoever only copied the code from a screen
//! knows neither and cannot show the same words.

use mibun_crypto::digest;
use mibun_trust::Texts;

/// The two words of one exchange, in every language; the same thing in each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The word to read first.
    pub first: &'static Texts,
    /// The word to read second, never the same as the first.
    pub second: &'static Texts,
}

/// The words of the exchange with these two nonces, as both sides compute them.
pub fn words(request_nonce: &str, wallet_nonce: &str) -> Words {
    let (first, second) = indices(request_nonce, wallet_nonce);
    Words { first: &LIST[first], second: &LIST[second] }
}

/// A word for each ordered pair of different list entries: 64 x 63 possibilities.
fn indices(request_nonce: &str, wallet_nonce: &str) -> (usize, usize) {
    // Lengths keep ("ab", "c") and ("a", "bc") apart.
    let length = (request_nonce.len() as u64).to_be_bytes();
    let message = [LABEL, &length[..], request_nonce.as_bytes(), wallet_nonce.as_bytes()].concat();
    let hash = digest::sha256(&message);
    let first = usize::from(hash[0]) % LIST.len();
    let drawn = u32::from_be_bytes([hash[1], hash[2], hash[3], hash[4]]) as usize % (LIST.len() - 1);
    let second = if drawn >= first { drawn + 1 } else { drawn };
    (first, second)
}

const LABEL: &[u8] = b"mibun matching words 1";

/// Things a child can name, chosen so that no two look or sound alike in any of the languages.
static LIST: [Texts; 64] = [
    Texts::fixed("apple", "りんご", "苹果"),
    Texts::fixed("banana", "バナナ", "香蕉"),
    Texts::fixed("candle", "ろうそく", "蜡烛"),
    Texts::fixed("dolphin", "イルカ", "海豚"),
    Texts::fixed("elephant", "ゾウ", "大象"),
    Texts::fixed("guitar", "ギター", "吉他"),
    Texts::fixed("hammer", "ハンマー", "锤子"),
    Texts::fixed("island", "島", "岛屿"),
    Texts::fixed("necktie", "ネクタイ", "领带"),
    Texts::fixed("kettle", "やかん", "水壶"),
    Texts::fixed("lemon", "レモン", "柠檬"),
    Texts::fixed("mountain", "山", "高山"),
    Texts::fixed("notebook", "ノート", "笔记本"),
    Texts::fixed("onion", "玉ねぎ", "洋葱"),
    Texts::fixed("queen", "女王", "女王"),
    Texts::fixed("rabbit", "ウサギ", "兔子"),
    Texts::fixed("sandwich", "サンドイッチ", "三明治"),
    Texts::fixed("tiger", "トラ", "老虎"),
    Texts::fixed("umbrella", "傘", "雨伞"),
    Texts::fixed("violin", "バイオリン", "小提琴"),
    Texts::fixed("window", "窓", "窗户"),
    Texts::fixed("zebra", "シマウマ", "斑马"),
    Texts::fixed("anchor", "いかり", "船锚"),
    Texts::fixed("bicycle", "自転車", "自行车"),
    Texts::fixed("camel", "ラクダ", "骆驼"),
    Texts::fixed("desk", "机", "书桌"),
    Texts::fixed("broom", "ほうき", "扫帚"),
    Texts::fixed("flower", "花", "花朵"),
    Texts::fixed("giraffe", "キリン", "长颈鹿"),
    Texts::fixed("helmet", "ヘルメット", "头盔"),
    Texts::fixed("jewel", "宝石", "宝石"),
    Texts::fixed("kangaroo", "カンガルー", "袋鼠"),
    Texts::fixed("ladder", "はしご", "梯子"),
    Texts::fixed("mirror", "鏡", "镜子"),
    Texts::fixed("drum", "太鼓", "鼓"),
    Texts::fixed("rocket", "ロケット", "火箭"),
    Texts::fixed("scissors", "鋏", "剪刀"),
    Texts::fixed("tomato", "トマト", "西红柿"),
    Texts::fixed("waterfall", "滝", "瀑布"),
    Texts::fixed("butterfly", "蝶", "蝴蝶"),
    Texts::fixed("clock", "時計", "时钟"),
    Texts::fixed("envelope", "封筒", "信封"),
    Texts::fixed("forest", "森", "森林"),
    Texts::fixed("grapes", "ぶどう", "葡萄"),
    Texts::fixed("honey", "蜂蜜", "蜂蜜"),
    Texts::fixed("sofa", "ソファ", "沙发"),
    Texts::fixed("moon", "月", "月亮"),
    Texts::fixed("pineapple", "パイナップル", "菠萝"),
    Texts::fixed("penguin", "ペンギン", "企鹅"),
    Texts::fixed("rainbow", "虹", "彩虹"),
    Texts::fixed("snowman", "雪だるま", "雪人"),
    Texts::fixed("turtle", "カメ", "乌龟"),
    Texts::fixed("peach", "もも", "桃子"),
    Texts::fixed("pyramid", "ピラミッド", "金字塔"),
    Texts::fixed("bread", "パン", "面包"),
    Texts::fixed("pumpkin", "かぼちゃ", "南瓜"),
    Texts::fixed("strawberry", "いちご", "草莓"),
    Texts::fixed("telephone", "電話", "电话"),
    Texts::fixed("frog", "カエル", "青蛙"),
    Texts::fixed("volleyball", "バレーボール", "排球"),
    Texts::fixed("key", "鍵", "钥匙"),
    Texts::fixed("mushroom", "きのこ", "蘑菇"),
    Texts::fixed("airplane", "飛行機", "飞机"),
    Texts::fixed("whistle", "笛", "哨子"),
];

#[cfg(test)]
mod tests;
